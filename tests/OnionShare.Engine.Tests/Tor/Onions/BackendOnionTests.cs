using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Onions;

/// <summary>Backends of an Onionbalance front, over tors in memory: what tor is told, and what is on the disk meanwhile.</summary>
public sealed class BackendOnionTests : IAsyncDisposable
{
    private const string Front = "wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion";

    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare \"backend\" ").FullName;
    private readonly Tors _tors;
    private readonly TorHost _host;

    public BackendOnionTests()
    {
        _tors = new Tors(_folder);
        _host = new TorHost(() => new TorSettings(), _ => _tors, TimeSpan.FromMinutes(5), HeartbeatTimes.Never, _ => { }, NullLogger.Instance, TimeProvider.System);
    }

    private string Onions => Path.Combine(_folder, "onions");

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_is_configured_with_its_key_and_the_fronts_address_in_a_folder_of_its_own()
    {
        using var key = OnionKey.Generate();
        await using var onion = await PublishAsync(17600, key);

        Assert.Equal((key.Address, key.ToControl()), (onion.Address, onion.PrivateKey));
        var folder = FolderOf(key);
        Assert.Equal(
            $"SETCONF HiddenServiceDir={ControlText.Quote(folder)} HiddenServicePort=\"80 127.0.0.1:17600\" HiddenServiceOnionBalanceInstance=1 "
            + "HiddenServiceMaxStreams=1024 HiddenServicePoWDefensesEnabled=1",
            Assert.Single(Configurations(0)));
        Assert.Equal($"MasterOnionAddress {Front}\n", await File.ReadAllTextAsync(Path.Combine(folder, "ob_config"), Cancel));
        var secret = await File.ReadAllBytesAsync(Path.Combine(folder, "hs_ed25519_secret_key"), Cancel);
        Assert.Equal([.. "== ed25519v1-secret: type0 ==\0\0\0"u8, .. key.ToBytes()], secret);
        AssertUsersAlone(folder);
    }

    [Fact(Timeout = 120_000)]
    public async Task Each_change_says_the_others_again_and_the_last_leaves_nothing_of_ours()
    {
        using var one = OnionKey.Generate();
        using var two = OnionKey.Generate();
        var first = await PublishAsync(1, one);
        await using var second = await PublishAsync(2, two);
        Assert.Equal([FolderOf(one), FolderOf(two)], Folders(Configurations(0)[1]));

        await first.DisposeAsync();
        Assert.Equal([FolderOf(two)], Folders(Configurations(0)[2]));
        Assert.Equal([FolderOf(two)], Directory.GetDirectories(Onions));

        await second.DisposeAsync();
        Assert.Equal("SETCONF HiddenServiceDir", Configurations(0)[3]);
        Assert.Empty(Directory.GetDirectories(Onions));
    }

    [Fact(Timeout = 120_000)]
    public async Task Onion_services_of_the_users_own_torrc_stay_as_they_are()
    {
        _tors.UsersOnions = ["HiddenServiceDir=\"/srv/my \\\"site\\\"\"", "HiddenServicePort=22", "HiddenServicePort=80 127.0.0.1:8080"];
        const string Users = "SETCONF HiddenServiceDir=\"/srv/my \\\"site\\\"\" HiddenServicePort=\"22\" HiddenServicePort=\"80 127.0.0.1:8080\"";
        var onion = await PublishAsync(1);
        Assert.StartsWith(Users + " HiddenServiceDir=", Configurations(0)[0], StringComparison.Ordinal);

        await onion.DisposeAsync();
        Assert.Equal(Users, Configurations(0)[1]);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("552 Unrecognized option: Unknown option 'HiddenServicePoWDefensesEnabled'.  Failing.")]
    [InlineData("513 Unacceptable option value: Failed to configure rendezvous options. See logs for details.")]
    public async Task A_tor_without_proof_of_work_is_asked_without_it(string refusal)
    {
        _tors.Refuse = command => command.Contains("PoW", StringComparison.Ordinal) ? refusal : null;
        await using var onion = await PublishAsync(1);
        Assert.Equal(2, Configurations(0).Count);
        Assert.EndsWith(" HiddenServiceMaxStreams=1024", Configurations(0)[1], StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_proof_of_work_can_end_is_not_asked_for_it()
    {
        _tors.Version = "0.4.9.8";
        await using var onion = await PublishAsync(1);
        Assert.EndsWith(" HiddenServiceMaxStreams=1024", Assert.Single(Configurations(0)), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_knows_no_Onionbalance_is_told_and_no_key_stays()
    {
        _tors.Refuse = command => command.StartsWith("SETCONF", StringComparison.Ordinal) ? "552 Unrecognized option: Unknown option 'HiddenServiceOnionBalanceInstance'.  Failing." : null;
        var error = await Assert.ThrowsAsync<ProblemException>(() => PublishAsync(1));
        Assert.Equal(ProblemCodes.TorRefused, error.Problem.Code);
        Assert.Equal("A backend of Onionbalance needs tor 0.4.3 or later.", error.Problem.Advice);
        Assert.Empty(Directory.GetDirectories(Onions));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_is_somebody_elses_is_not_configured()
    {
        _tors.Own = false;
        var error = await Assert.ThrowsAsync<ProblemException>(() => PublishAsync(1));
        Assert.Equal((ProblemCodes.TorSettings, 409), (error.Problem.Code, error.Problem.Status));
        Assert.StartsWith("A backend of Onionbalance needs a tor that the engine runs itself; this one is memory,", error.Problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(_tors.Opened[0].Commands, command => command.Contains("CONF", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Onions));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_address_that_ADD_ONION_has_taken_is_refused()
    {
        using var key = OnionKey.Generate();
        _tors.Prepare = tor => tor.Onions[key.Address[..56]] = key.ToControl();
        var error = await Assert.ThrowsAsync<ProblemException>(() => PublishAsync(2, key));
        Assert.Equal($"Another service is published at {key.Address} already.", error.Problem.Detail);
        Assert.Empty(Configurations(0));
        Assert.False(Directory.Exists(FolderOf(key)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_backend_is_not_published_twice_and_the_first_stays()
    {
        using var key = OnionKey.Generate();
        await using var onion = await PublishAsync(1, key);
        var error = await Assert.ThrowsAsync<ProblemException>(() => PublishAsync(2, key));
        Assert.Equal(ProblemCodes.TorRefused, error.Problem.Code);
        Assert.Single(Configurations(0));
        Assert.True(File.Exists(Path.Combine(FolderOf(key), "ob_config")));
    }

    [Fact(Timeout = 120_000)]
    public async Task All_come_back_at_their_addresses_when_tor_is_lost()
    {
        using var one = OnionKey.Generate();
        using var two = OnionKey.Generate();
        await using var first = await PublishAsync(1, one);
        await using var second = await PublishAsync(2, two);
        var back = new[] { first, second }.Select(BackAsync).ToArray();

        _tors.Opened[0].Break();
        await Task.WhenAll(back);

        Assert.Equal(new[] { FolderOf(one), FolderOf(two) }.Order(), Folders(Configurations(1)[^1]).Order());
        Assert.All([one, two], key => Assert.True(File.Exists(Path.Combine(FolderOf(key), "hs_ed25519_secret_key"))));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_keys_are_gone_when_the_host_is_even_if_tor_went_first()
    {
        await PublishAsync(1);
        await PublishAsync(2);
        Assert.Equal(2, Directory.GetDirectories(Onions).Length);
        await _host.DisposeAsync();
        Assert.Empty(Directory.GetDirectories(Onions));
    }

    [Fact]
    public void What_a_killed_engine_left_is_deleted_by_the_next_also_where_another_folder_was_used_but_not_what_is_in_use()
    {
        var state = Path.Combine(_folder, "state");
        using var used = TorDataFolder.Take(state);
        var killed = TorDataFolder.Take(state);
        string[] onions = [Path.Combine(used.Onions, "a"), Path.Combine(killed.Onions, "b")];
        foreach (var folder in onions) Directory.CreateDirectory(folder);
        killed.Dispose();
        Directory.CreateDirectory(Path.Combine(state, "tor-9", "onions", "c"));

        using var next = TorDataFolder.Take(state);

        Assert.Equal(killed.Path, next.Path);
        Assert.True(Directory.Exists(onions[0]));
        Assert.False(Directory.Exists(killed.Onions));
        Assert.False(Directory.Exists(Path.Combine(state, "tor-9", "onions")));
    }

    private async Task<IOnion> PublishAsync(int port, OnionKey? key = null) =>
        await _host.PublishAsync(OnionAt.Port(port, key?.ToControl()) with { BalanceFront = Front }, Cancel);

    private string FolderOf(OnionKey key) => Path.Combine(Onions, key.Address[..56]);

    private IReadOnlyList<string> Configurations(int tor) =>
        [.. _tors.Opened[tor].Commands.Where(command => command.StartsWith("SETCONF", StringComparison.Ordinal))];

    private static IEnumerable<string> Folders(string command) =>
        ControlText.Words(command).Where(word => word.StartsWith("HiddenServiceDir=", StringComparison.Ordinal))
            .Select(word => ControlText.Unquote(word["HiddenServiceDir=".Length..]));

    private static async Task BackAsync(IOnion onion)
    {
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        onion.PublishedChanged += published =>
        {
            if (published) back.TrySetResult();
        };
        await back.Task;
    }

    private static void AssertUsersAlone(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Read | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        foreach (var file in Directory.GetFiles(folder)) Assert.Equal(Read, File.GetUnixFileMode(file));
    }

    private sealed class Tors(string folder) : ITorSource
    {
        public List<ObedientTor> Opened { get; } = [];

        public Action<ObedientTor> Prepare { get; set; } = _ => { };

        public Func<string, string?> Refuse { get; set; } = _ => null;

        public string[] UsersOnions { get; set; } = [];

        public bool Own { get; set; } = true;

        public string Version { get; set; } = "0.4.9.11";

        public Task<TorSession> OpenAsync(CancellationToken cancellationToken)
        {
            var tor = new ObedientTor { UsersOnions = UsersOnions, Refuse = Refuse };
            Prepare(tor);
            Opened.Add(tor);
            var control = new ControlConnection(tor.Controller, TimeProvider.System, NullLogger.Instance);
            return Task.FromResult(new TorSession(control, new TorLog(NullLogger.Instance), TimeProvider.System)
            {
                Version = Version,
                Source = "memory",
                Configured = Own ? new ConfiguredOnions(Path.Combine(folder, "onions")) : null,
                TakeDown = control.DisposeAsync,
            });
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
