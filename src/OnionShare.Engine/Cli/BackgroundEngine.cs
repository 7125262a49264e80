using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OnionShare.Contracts;

namespace OnionShare.Engine.Cli;

/// <summary>The engine in the background, as a verb of this program sees it: for schedulers, which know no PowerShell.</summary>
internal sealed class BackgroundEngine : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http;

    private BackgroundEngine(string socket) => _http = new HttpClient(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = (_, cancellationToken) => EngineEndpoint.ConnectAsync(socket, cancellationToken),
    })
    { BaseAddress = new Uri("http://engine") };

    /// <summary>The engine that runs; null when none does.</summary>
    /// <exception cref="ProblemException">Its folder is not this user's alone, or what listens there is not this user's.</exception>
    public static async Task<BackgroundEngine?> FindAsync(CancellationToken cancellationToken)
    {
        var engine = new BackgroundEngine(StatePaths.Socket());
        try
        {
            using var answer = await engine._http.GetAsync(new Uri(Routes.Engine, UriKind.Relative), cancellationToken);
            if (answer.IsSuccessStatusCode) return engine;
        }
        catch (HttpRequestException failure) when (failure.InnerException is ProblemException stranger)
        {
            engine.Dispose();
            throw stranger;
        }
        catch (HttpRequestException)
        {
            // Nobody listens there.
        }

        engine.Dispose();
        return null;
    }

    /// <summary>The engine that runs, or one that is started now and stays when this program ends.</summary>
    /// <exception cref="ProblemException">It does not answer.</exception>
    public static async Task<BackgroundEngine> EnsureAsync(EngineOptions options, CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is { } there) return there;
        using var process = Start(options);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < StartLimit)
        {
            if (await FindAsync(cancellationToken) is { } engine) return engine;
            if (process is { HasExited: true, ExitCode: not 0 }) break;
            await Task.Delay(Pause, cancellationToken);
        }

        throw new ProblemException(
            ProblemCodes.Internal, "The engine was started, but does not answer.", "Run it yourself to see more: onionshare-engine serve");
    }

    /// <summary>Asks it something.</summary>
    /// <exception cref="ProblemException">Its answer is a problem.</exception>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body };
        using var answer = await _http.SendAsync(request, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return await answer.Content.ReadFromJsonAsync(TypeOf<T>(), cancellationToken) ?? throw new InvalidDataException("The engine's answer is empty.");
        throw new ProblemException(await answer.Content.ReadFromJsonAsync(TypeOf<Problem>(), cancellationToken)
            ?? new Problem(ProblemCodes.Internal, $"The engine answered {(int)answer.StatusCode}."));
    }

    /// <summary>How everything stands, transfers included, and then what happens; ends when the engine does, cleanly or not.</summary>
    public async IAsyncEnumerable<EngineEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await _http.GetStreamAsync(new Uri(Routes.Events + "?transfers=true", UriKind.Relative), cancellationToken);
        var events = SseParser.Create(stream, static (_, data) => JsonSerializer.Deserialize(data, TypeOf<EngineEvent>())!);
        await using var reader = events.EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(reader)) yield return reader.Current.Data;
    }

    public static HttpContent Body<T>(T value) => JsonContent.Create(value, TypeOf<T>());

    /// <summary>Waits until a service is in such a state.</summary>
    public async Task<ServiceStatus> UntilAsync(string id, Func<ServiceState, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = await SendAsync<ServiceStatus>(HttpMethod.Get, Routes.Service(id), null, cancellationToken);
            if (condition(status.State)) return status;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<bool> NextAsync<T>(IAsyncEnumerator<SseItem<T>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception gone) when (gone is IOException or HttpRequestException)
        {
            return false;
        }
    }

    private static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)ContractsJson.Default.GetTypeInfo(typeof(T))!;

    private static Process Start(EngineOptions options)
    {
        var arguments = new List<string> { "serve" };
        foreach (var (name, value) in new[] { ("--tor", options.TorExecutable), ("--torrc-include", options.TorrcInclude), ("--log", options.LogFile) })
        {
            if (value is not null) arguments.AddRange([name, value]);
        }

        return DetachedProcess.Start(Launch(), arguments);
    }

    // As this process was: by its own executable, by dotnet with a dll, or in a PowerShell (then in a context of its own).
    private static EngineLaunch Launch()
    {
        var program = Environment.ProcessPath!;
        string[] command = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0]] : [program];
        var engine = typeof(BackgroundEngine).Assembly;
        return AssemblyLoadContext.GetLoadContext(engine) == AssemblyLoadContext.Default
            ? EngineLaunch.Own(command)
            : EngineLaunch.InPowerShell(command, Path.GetDirectoryName(engine.Location)!);
    }
}
