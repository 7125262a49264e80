using System.Diagnostics;

namespace OnionShare.Cmdlets.Engine;

/// <summary>How a service stands whenever somebody looks. An end is final; before that the engine is asked, if the last answer is not fresh.</summary>
internal sealed class LiveService
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly string _socket = StatePaths.Socket();
    private readonly Lock _lock = new();
    private ServiceStatus _known;
    private long _askedAt = Stopwatch.GetTimestamp();

    private LiveService(ServiceStatus known) => _known = known;

    /// <summary>The service as the pipeline gets it, which tells how it stands when it is looked at.</summary>
    public static OnionService Of(ServiceStatus known) => new(known, new LiveService(known).Present);

    /// <summary>A service that has just come up: its view shows the whole URL.</summary>
    public static PSObject Started(ServiceStatus known)
    {
        var started = new PSObject(Of(known));
        started.TypeNames.Insert(0, "OnionShare.OnionService#Started");
        return started;
    }

    // When the engine is gone, so is the service; when it is silent, what it said last.
    private ServiceStatus Present()
    {
        lock (_lock)
        {
            if (_known.State.IsEnded() || Stopwatch.GetElapsedTime(_askedAt) < Fresh) return _known;
            _known = Task.Run(AskAsync).GetAwaiter().GetResult();
            _askedAt = Stopwatch.GetTimestamp();
            return _known;
        }
    }

    private async Task<ServiceStatus> AskAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        using var client = new EngineClient(_socket);
        try
        {
            return await client.ServiceAsync(_known.Id, limit.Token);
        }
        catch (ProblemException gone) when (gone.Problem.Code is ProblemCodes.EngineNotRunning or ProblemCodes.EngineGone or ProblemCodes.ServiceNotFound)
        {
            return EngineClient.Lost(_known);
        }
        catch (Exception silent) when (silent is ProblemException or OperationCanceledException)
        {
            return _known;
        }
    }
}
