using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor.Keys;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>Addresses and client keys over the private Tor network.</summary>
public sealed class ClientKeyNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare keys ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 240_000)]
    public async Task Only_the_right_client_key_opens_a_service_until_it_is_revoked()
    {
        await using var engine = await EngineAsync();
        var service = await RunAsync(engine, await engine.Saved.StartAsync(
            new ShareRequest { Name = "papers", Paths = [File(30_000_000)], KeepSharing = true, RequireClientKey = true, Save = true }, Cancel));
        var laptop = await engine.Changes.GrantAsync(service, new GrantRequest { Client = "laptop" }, Cancel);
        var phone = await engine.Changes.GrantAsync(service, new GrantRequest { Client = "phone" }, Cancel);

        await using var stranger = await VisitorAsync();
        Assert.False(await ReachesAsync(stranger, service), "without a key");
        await using var guesser = await VisitorAsync();
        await AddKeyAsync(guesser, service, ClientKey.Generate().ToControl());
        Assert.False(await ReachesAsync(guesser, service), "with a wrong key");
        await using var visitor = await VisitorAsync();
        await AddKeyAsync(visitor, service, laptop.ClientKey!);
        Assert.True(await ReachesAsync(visitor, service), "with the right key");

        // A download under way is cut, and the key opens nothing any more, also on circuits that were there before.
        using var browser = Browser(visitor, service, "slow");
        using var download = await browser.GetAsync(new Uri("/download", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancel);
        await using var body = await download.Content.ReadAsStreamAsync(Cancel);
        Assert.Equal(1000, await body.ReadAtLeastAsync(new byte[1000], 1000, cancellationToken: Cancel));
        var clock = Stopwatch.StartNew();
        await engine.Changes.RevokeAsync(service, "laptop", Cancel);
        TestContext.Current.TestOutputHelper?.WriteLine($"revoked in {clock.Elapsed.TotalSeconds:0.0} s");
        var read = async () => await body.CopyToAsync(Stream.Null, Cancel).WaitAsync(Limit, Cancel);
        Assert.True(await Record.ExceptionAsync(read) is IOException or HttpRequestException, "the download was not cut");
        Assert.False(await ReachesAsync(visitor, service), "with a revoked key");

        await using var other = await VisitorAsync();
        await AddKeyAsync(other, service, phone.ClientKey!);
        Assert.True(await ReachesAsync(other, service), "with another client's key");
    }

    [Fact(Timeout = 240_000)]
    public async Task A_restored_service_is_published_at_the_address_that_was_computed_here()
    {
        await using var engine = await EngineAsync();
        var service = await engine.Saved.StartAsync(
            new ShareRequest { Name = "papers", Paths = [File(10)], KeepSharing = true, Save = true, StartAt = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(2) }, Cancel);
        var url = service.Status.Url;
        Assert.NotNull(url);
        await RunAsync(engine, service);
        Assert.Equal(url, service.Status.Url);
        await using var visitor = await VisitorAsync();
        Assert.True(await ReachesAsync(visitor, service));

        await Workshop.StopAsync(service);
        var again = await RunAsync(engine, (await engine.Restorer.RestoreAsync("papers", new RestoreRequest(), Cancel)).Service);
        Assert.Equal(url, again.Status.Url);
        Assert.True(await ReachesAsync(visitor, again));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_persistent_share_of_OnionShares_own_program_goes_on_here_at_its_address_for_its_visitors()
    {
        var program = Requires.Found(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(one => Path.Combine(one, "onionshare-cli")).FirstOrDefault(System.IO.File.Exists),
            "onionshare-cli", "apt install onionshare-cli");
        var tab = await MakeTabAsync(program);
        using var document = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(tab, Cancel));
        var address = document.RootElement.GetProperty("general").GetProperty("service_id").GetString();
        Assert.True(ClientKey.TryParsePrivate(document.RootElement.GetProperty("onion").GetProperty("client_auth_priv_key").GetString(), out var key));

        await using var engine = await EngineAsync();
        var saved = engine.Transport.Import(new ImportRequest { Path = tab });
        Assert.Equal(address + ".onion", saved.Address);
        var service = await RunAsync(engine, (await engine.Restorer.RestoreAsync(saved.Name, new RestoreRequest(), Cancel)).Service);

        Assert.Equal($"http://{address}.onion", service.Status.Url);
        await using var visitor = await VisitorAsync();
        Assert.False(await ReachesAsync(visitor, service), "without the key");
        await AddKeyAsync(visitor, service, key.ToControl());
        Assert.True(await ReachesAsync(visitor, service), "with the key its visitors have");
    }

    // OnionShare publishes through a tor of the private network and writes its file; then it is stopped.
    private async Task<string> MakeTabAsync(string program)
    {
        await using var tor = await (await fixture.NetworkAsync()).StartClientAsync(new TorClientOptions { ControlPort = true }, Cancel);
        var (settings, tab) = (Path.Combine(_folder, "settings.json"), Path.Combine(_folder, "tab.json"));
        await System.IO.File.WriteAllTextAsync(
            settings,
            $$"""{"version":"2.6","connection_type":"control_port","control_port_address":"127.0.0.1","control_port_port":{{tor.ControlEndpoint!.Port}},"socks_address":"127.0.0.1","socks_port":{{tor.SocksEndpoint.Port}},"auth_type":"no_auth"}""",
            Cancel);
        var start = new ProcessStartInfo(program, ["--config", settings, "--persistent", tab, File(10)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = _folder;
        start.Environment["PYTHONUNBUFFERED"] = "1";
        using var reference = Process.Start(start)!;
        try
        {
            var errors = reference.StandardError.ReadToEndAsync(Cancel);
            var said = new StringBuilder();
            while (await reference.StandardOutput.ReadLineAsync(Cancel).AsTask().WaitAsync(Limit, Cancel) is { } line)
            {
                said.AppendLine(line);
                if (line.Contains("Private key:", StringComparison.OrdinalIgnoreCase)) return tab;
            }

            Assert.Fail($"onionshare-cli did not publish: {said}{await errors}");
            return tab;
        }
        finally
        {
            reference.Kill(entireProcessTree: true);
            await reference.WaitForExitAsync(Cancel);
        }
    }

    private async Task<Engine> EngineAsync()
    {
        var network = await fixture.NetworkAsync();
        return new Engine(
            new EngineOptions { StateFolder = Path.Combine(_folder, "state"), TorExecutable = network.TorProgram, TorrcInclude = network.Include }, TimeProvider.System);
    }

    private async Task<TorClient> VisitorAsync() =>
        await (await fixture.NetworkAsync()).StartClientAsync(new TorClientOptions { ControlPort = true }, Cancel);

    private static async Task<Service> RunAsync(Engine engine, Service service)
    {
        using var listener = engine.Events.Listen();
        await Until.ServiceAsync(listener, service, status => status.State is ServiceState.Running or ServiceState.Failed, Limit);
        Assert.True(service.Status.State == ServiceState.Running, service.Status.Error?.ToString());
        return service;
    }

    private static HttpClient Browser(TorClient tor, Service service, string circuit)
    {
        var browser = tor.CreateHttpClient(circuit);
        browser.BaseAddress = new Uri($"http://{service.Status.Address}");
        if (service.Status.Password is { } password)
            browser.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("onionshare:" + password)));
        return browser;
    }

    private static async Task<bool> ReachesAsync(TorClient tor, Service service)
    {
        using var browser = Browser(tor, service, RandomNumberGenerator.GetHexString(8));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Until.Limit);
        try
        {
            using var answer = await browser.GetAsync(new Uri("/", UriKind.Relative), limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception refused) when (refused is HttpRequestException or OperationCanceledException && !Cancel.IsCancellationRequested)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(refused.Message);
            return false;
        }
    }

    // control-spec 3.30
    private static async Task AddKeyAsync(TorClient tor, Service service, string key)
    {
        using var control = new TcpClient();
        await control.ConnectAsync(tor.ControlEndpoint!, Cancel);
        using var reader = new StreamReader(control.GetStream(), Encoding.ASCII, leaveOpen: true);
        var cookie = Convert.ToHexString(await System.IO.File.ReadAllBytesAsync(tor.ControlCookieFile, Cancel));
        foreach (var command in new[] { $"AUTHENTICATE {cookie}", $"ONION_CLIENT_AUTH_ADD {service.Status.Address![..56]} {key}" })
        {
            await control.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), Cancel);
            Assert.StartsWith("25", await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
        }
    }

    private string File(int length)
    {
        var path = Path.Combine(_folder, $"file-{length}.bin");
        System.IO.File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(length));
        return path;
    }
}
