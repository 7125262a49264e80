using System.Diagnostics;
using System.Net.Http.Json;
using OnionShare.Contracts;
using OnionShare.TorNetwork;

namespace OnionShare.Bench;

/// <summary>A background engine whose tor is connected, asked for services as the cmdlets ask.</summary>
internal sealed class WarmEngine : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private WarmEngine(Process process, HttpClient http)
    {
        _process = process;
        _http = http;
    }

    /// <param name="workplace">Where its home is made.</param>
    /// <param name="name">The name of the home; another engine, or a foreground verb, can go on with it later.</param>
    /// <param name="torrcInclude">The torrc fragment of the network.</param>
    /// <param name="settings">How its tor reaches the network, saved in the home; null for the usual way.</param>
    public static async Task<WarmEngine> StartAsync(Workplace workplace, string name, string torrcInclude, object? settings = null)
    {
        var home = workplace.Home(name);
        var start = new ProcessStartInfo(Workplace.Engine, ["serve", "--idle-exit", "10m", "--torrc-include", torrcInclude]) { Environment = { ["ONIONSHARE_HOME"] = home } };
        var process = Process.Start(start)!;
        var endpoint = StatePaths.Socket(home);
        var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => EngineEndpoint.ConnectAsync(endpoint, cancellationToken),
        })
        { BaseAddress = new Uri("http://engine") };
        for (var tries = 0; !await AnswersAsync(http) && tries < 100; tries++) await Task.Delay(100);
        var engine = new WarmEngine(process, http);
        if (settings is not null)
        {
            using var saved = await http.PatchAsync(Routes.TorSettings, JsonContent.Create(settings));
            saved.EnsureSuccessStatusCode();
        }

        var first = await engine.ShareAsync(typeof(WarmEngine).Assembly.Location);
        await http.DeleteAsync(Routes.Service(first.Id));
        return engine;
    }

    public async Task<TorBench.Times> TimeAsync(TorClient visitor, string path)
    {
        var clock = Stopwatch.StartNew();
        var service = await ShareAsync(path);
        var published = clock.Elapsed.TotalSeconds;
        using var client = visitor.CreateHttpClient(Guid.NewGuid().ToString("N"));
        using var answer = await client.GetAsync(service.Url);
        answer.EnsureSuccessStatusCode();
        var fetched = clock.Elapsed.TotalSeconds;
        await _http.DeleteAsync(Routes.Service(service.Id) + "?force=true");
        return new TorBench.Times(published, fetched);
    }

    /// <summary>Fetches from another service; the seconds until all of it is there and checked.</summary>
    public async Task<double> FetchAsync(string url, string folder, int connections)
    {
        var request = new FetchRequest { Url = url, Path = folder, Connections = connections };
        using var message = new HttpRequestMessage(HttpMethod.Post, Routes.RemoteFetch) { Content = JsonContent.Create(request, ContractsJson.Default.FetchRequest) };
        var clock = Stopwatch.StartNew();
        using var answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        using var events = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await events.ReadLineAsync() is { } line)
        {
            if (line.Contains("\"kind\":\"failed\"", StringComparison.Ordinal)) throw new InvalidOperationException(line);
            if (line.Contains("\"kind\":\"done\"", StringComparison.Ordinal)) break;
        }

        return clock.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await _http.DeleteAsync(Routes.Engine + "?force=true");
        await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        _http.Dispose();
        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(Routes.Engine);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task<ServiceStatus> ShareAsync(string path)
    {
        ServiceRequest request = new ShareRequest { Paths = [path], Public = true, KeepSharing = true };
        using var answer = await _http.PostAsync(Routes.Services, JsonContent.Create(request, ContractsJson.Default.ServiceRequest));
        answer.EnsureSuccessStatusCode();
        var service = (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.ServiceStatus))!;
        while (service.State is not ServiceState.Running)
        {
            if (service.State.IsEnded()) throw new InvalidOperationException(service.Error?.ToString());
            await Task.Delay(5);
            service = (await _http.GetFromJsonAsync(Routes.Service(service.Id), ContractsJson.Default.ServiceStatus))!;
        }

        return service;
    }
}
