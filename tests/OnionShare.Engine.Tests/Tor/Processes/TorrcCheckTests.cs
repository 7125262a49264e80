using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Processes;

/// <summary>A real tor looks the settings through; it opens no connection for that.</summary>
public sealed class TorrcCheckTests : IDisposable
{
    private const string Fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567";
    private readonly string _folder = Directory.CreateTempSubdirectory("torrc check \"ü ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TorAddressFamily.Automatic)]
    [InlineData(TorAddressFamily.IPv4)]
    [InlineData(TorAddressFamily.PreferIPv6)]
    [InlineData(TorAddressFamily.IPv6)]
    public async Task All_settings_together_are_taken(TorAddressFamily family)
    {
        var lyrebird = Program("lyrebird");
        var obfs4 = $"obfs4 192.0.2.1:443 {Fingerprint} cert={Convert.ToBase64String(new byte[52]).TrimEnd('=')} iat-mode=0";
        foreach (var proxy in new[] { "https://me:a%40%22%23%5C%20%C3%BC@proxy.invalid:3128", "socks5://me:a%40%22%23%5C%20%C3%BC@[2001:db8::1]:1080" })
        {
            await VerifyAsync(new TorSettings
            {
                Bridges =
                [
                    obfs4, $"webtunnel [2001:db8::1]:443 {Fingerprint} url=https://example.invalid/#x",
                    "meek_lite 192.0.2.20:80 url=https://example.invalid front=a.invalid", "conjure 192.0.2.9:80 url=https://example.invalid/api",
                ],
                TransportExecutables = [lyrebird],
                Torrc = ["ClientTransportPlugin conjure exec /opt/conjure-client -registerURL https://example.invalid/api", "ExcludeNodes {xx}"],
                Proxy = proxy,
                ReachableAddresses = ["*:80", "*4:443", "18.0.0.0/8:1-5", "[2001:db8::]/32:9001", "*6:*"],
                AddressFamily = family,
            });
        }
    }

    [Theory]
    [InlineData(BuiltInBridges.Obfs4)]
    [InlineData(BuiltInBridges.Snowflake)]
    [InlineData(BuiltInBridges.Meek)]
    public async Task The_built_in_bridges_are_taken_by_every_program_that_serves_them(BuiltInBridges set)
    {
        foreach (var name in new[] { "lyrebird", "obfs4proxy", "snowflake-client" })
            await VerifyAsync(new TorSettings { BuiltInBridges = set, TransportExecutables = [Program(name), Program("lyrebird")] });
    }

    [Theory]
    [InlineData("NoSuchOption 1", "tor does not take these settings: Unknown option 'NoSuchOption'.  Failing.")]
    [InlineData("NumCPUs many", "tor does not take these settings: Could not parse NumCPUs: Integer many is malformed or out of bounds.")]
    [InlineData("Nickname \"x", "tor does not take these settings: Error while parsing configuration: Invalid escape sequence in quoted string")]
    [InlineData("UseEntryGuards 0", "tor does not take these settings: Setting UseBridges requires also setting UseEntryGuards.")]
    [InlineData($"EntryNodes {Fingerprint}", "tor does not take these settings: You cannot set both UseBridges and EntryNodes.")]
    [InlineData("Socks4Proxy 127.0.0.1:9", "tor does not take these settings: You have configured more than one proxy type.")]
    [InlineData("ClientTransportPlugin novel socks5 127.0.0.1:5", "tor does not take these settings: You have configured an external proxy with another proxy type.")]
    public async Task What_tor_does_not_take_is_told_in_its_words(string line, string detail)
    {
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => VerifyAsync(new TorSettings
        {
            Bridges = ["192.0.2.1:443"],
            Proxy = "https://me:secret-word@127.0.0.1:9",
            Torrc = [line],
        }))).Problem;

        Assert.Equal((ProblemCodes.TorSettings, "torrc"), (problem.Code, problem.Target));
        Assert.StartsWith(detail, problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("root", problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", problem.ToString(), StringComparison.Ordinal);
        Assert.Equal("Correct or leave out what it names. Nothing was changed.", problem.Advice);
    }

    [Fact]
    public async Task The_file_with_torrc_lines_is_looked_through_too()
    {
        var include = Path.Combine(_folder, "mine.torrc");
        await File.WriteAllTextAsync(include, "NoSuchOption 1\n", Cancel);
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => VerifyAsync(new TorSettings(), include))).Problem;
        Assert.Equal($"Correct or leave out what it names; it may be in {include}. Nothing was changed.", problem.Advice);
    }

    [Fact]
    public async Task Nothing_is_left_behind_and_nothing_started()
    {
        var mark = Path.Combine(_folder, "started");
        var program = Path.Combine(_folder, "novel");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\ntouch '{mark}'\n", Cancel);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var link = Path.Combine(Path.GetTempPath(), $"novel-{Guid.NewGuid():N}");
        File.Copy(program, link);
        try
        {
            await VerifyAsync(new TorSettings { Bridges = ["novel 192.0.2.1:443"], Torrc = [$"ClientTransportPlugin novel exec {link}"] });
            await Assert.ThrowsAsync<ProblemException>(() => VerifyAsync(new TorSettings { Torrc = ["NoSuchOption 1"] }));
        }
        finally
        {
            File.Delete(link);
        }

        Assert.False(File.Exists(mark));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "state")));
    }

    private async Task VerifyAsync(TorSettings settings, string? include = null)
    {
        var executable = Requires.Tor().Tor;
        TorSettingsCheck.Check(settings);
        await TorrcCheck.VerifyAsync(new TorExecutable(executable, TorExecutable.Oldest), settings, include, Path.Combine(_folder, "state"), Cancel);
    }

    private string Program(string name)
    {
        var path = Path.Combine(_folder, OperatingSystem.IsWindows() ? name + ".exe" : name);
        File.WriteAllText(path, "");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
