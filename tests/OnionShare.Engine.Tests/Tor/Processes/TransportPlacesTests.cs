using OnionShare.Contracts;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Processes;

public sealed class TransportPlacesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("transports ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_named_program_goes_before_all_others_and_serves_only_its_transports()
    {
        var named = Program("own", "obfs4proxy-0.0.14");
        var places = new TransportPlaces([named], [Path.GetDirectoryName(Program("bin", "lyrebird"))!]);

        Assert.Equal(named, places.Find("obfs4"));
        Assert.Equal(named, places.Find("meek_lite"));
        Assert.Equal(Program("bin", "lyrebird"), places.Find("snowflake"));
    }

    [Fact]
    public void A_program_for_one_transport_goes_before_lyrebird_in_the_same_folder_but_not_in_a_later_one()
    {
        var (first, second) = (Folder("first"), Folder("second"));
        var places = new TransportPlaces([], [first, second]);
        Program("first", "lyrebird");
        Program("second", "snowflake-client");
        Assert.Equal(Program("first", "lyrebird"), places.Find("snowflake"));

        Program("first", "snowflake-client");
        Assert.Equal(Program("first", "snowflake-client"), places.Find("snowflake"));
        Assert.Equal(Program("first", "lyrebird"), places.Find("webtunnel"));
    }

    [Fact]
    public void What_can_not_be_run_is_passed_over()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: Windows has no execute permission");
        var places = new TransportPlaces([], [Folder("first"), Folder("second")]);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Program("first", "obfs4proxy"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(Path.Combine(_folder, "second", "lyrebird"));
        Program("second", "obfs4proxy");

        Assert.Equal(Program("second", "obfs4proxy"), places.Find("obfs4"));
    }

    [Fact]
    public void Beside_tor_comes_first_then_the_folders_of_bundles()
    {
        var tor = Path.Combine(_folder, "Tor Browser", "tor");
        var folders = TransportPlaces.OfThisMachine([], tor).Folders;

        Assert.Equal(
            [Path.Combine(_folder, "Tor Browser", "PluggableTransports"), Path.Combine(_folder, "Tor Browser", "pluggable_transports"), Path.Combine(_folder, "Tor Browser")],
            folders.Take(3));
        Assert.All(folders, folder => Assert.True(Path.IsPathFullyQualified(folder)));
        Assert.Equal(folders.Count, folders.Distinct().Count());
    }

    [Theory]
    [InlineData("obfs4", "lyrebird or obfs4proxy", "apt install obfs4proxy")]
    [InlineData("snowflake", "snowflake-client or lyrebird", "apt install snowflake-client")]
    [InlineData("webtunnel", "webtunnel-client or lyrebird", "Tor Browser brings lyrebird")]
    public void Without_a_program_the_error_names_it_and_how_to_get_it(string transport, string programs, string way)
    {
        var problem = Assert.Throws<ProblemException>(() => new TransportPlaces([], [_folder]).Find(transport)).Problem;

        Assert.Equal(ProblemCodes.TransportNotFound, problem.Code);
        Assert.Equal(
            $"Bridges of the transport {transport} need the program {programs}, which was found neither beside tor nor in Tor Browser nor on PATH.", problem.Detail);
        Assert.Contains(way, problem.Advice, StringComparison.Ordinal);
        Assert.Equal(transport, problem.Target);
    }

    [Fact]
    public void A_transport_nobody_knows_can_be_named_in_a_torrc_line()
    {
        var problem = Assert.Throws<ProblemException>(() => new TransportPlaces([], [_folder]).Find("novel")).Problem;
        Assert.Equal(ProblemCodes.TransportNotFound, problem.Code);
        Assert.Contains("ClientTransportPlugin novel exec /path/to/program", problem.Advice, StringComparison.Ordinal);
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    private string Program(string folder, string name)
    {
        var path = Path.Combine(Folder(folder), OperatingSystem.IsWindows() ? name + ".exe" : name);
        File.WriteAllText(path, "");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
