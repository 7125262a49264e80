using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace OnionShare.Cmdlets.Engine;

/// <summary>
/// Starts the engine if none runs. Several shells may do so at once: all but one of their engines end at once, and all meet at the
/// one that stays.
/// </summary>
internal static class EngineLauncher
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // How long an engine that gave way to another is believed that the other one will answer.
    private static readonly TimeSpan GivenWayLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan BetweenEnginesLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenEnginesPause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Asks the engine, starting one if none runs. Where the one that ran was just about to end and did nothing, the next one is asked.
    /// </summary>
    public static async Task<T> AskAsync<T>(EngineClient client, Func<EngineClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            await EnsureAsync(client, cancellationToken);
            try
            {
                return await ask(client);
            }
            catch (ProblemException exception) when (IsBetweenEngines(exception.Problem) && waited.Elapsed < BetweenEnginesLimit)
            {
                await Task.Delay(BetweenEnginesPause, cancellationToken);
            }
        }
    }

    /// <summary>Returns when an engine answers <paramref name="client"/>.</summary>
    private static async Task EnsureAsync(EngineClient client, CancellationToken cancellationToken)
    {
        if (await ThereAsync(client, cancellationToken) is { } there)
        {
            if (there.Version == EngineProgram.Version) return;
            await MakeRoomAsync(client, there, cancellationToken);
        }

        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartLimit)
        {
            using var engine = EngineProcess.Start();
            if (!await GaveWayAsync(client, engine, StartLimit - waited.Elapsed, cancellationToken)) return;
        }

        throw EngineProcess.SilentFailure(StartLimit);
    }

    // One that ends while it is asked is one that is not there.
    private static async Task<EngineStatus?> ThereAsync(EngineClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await client.EngineAsync(cancellationToken);
        }
        catch (ProblemException ended) when (ended.Problem.Code is ProblemCodes.EngineNotRunning or ProblemCodes.EngineGone)
        {
            return null;
        }
    }

    // An engine of another version may not know of what it is asked for, and pass over it in silence.
    private static async Task MakeRoomAsync(EngineClient client, EngineStatus there, CancellationToken cancellationToken)
    {
        if (there.Services > 0)
        {
            throw new ProblemException(
                LocalCodes.EngineOtherVersion,
                $"The engine that runs is version {there.Version}, with {(there.Services == 1 ? "one service" : $"{there.Services} services")}; this module is version {EngineProgram.Version}.",
                "Stop-OnionEngine ends it and its services, of which Restore-OnionService brings back those that are saved. "
                + "Or go on with that version of the module in another PowerShell.");
        }

        await client.StopEngineAsync(force: false, cancellationToken);
        while (await client.IsThereAsync(cancellationToken)) await Task.Delay(Pause, cancellationToken);
    }

    private static bool IsBetweenEngines(Problem problem) => problem.Code is ProblemCodes.EngineNotRunning or ProblemCodes.EngineStopping;

    /// <summary>False when the engine answers; true when ours gave way to another that then did not answer.</summary>
    private static async Task<bool> GaveWayAsync(
        EngineClient client, EngineProcess engine, TimeSpan limit, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        Stopwatch? sinceGivenWay = null;
        while (waited.Elapsed < limit)
        {
            if (await client.IsThereAsync(cancellationToken)) return false;
            if (engine.ExitCode is not (null or 0)) throw await engine.FailureAsync(cancellationToken);
            if (engine.ExitCode is 0) sinceGivenWay ??= Stopwatch.StartNew();
            if (sinceGivenWay?.Elapsed > GivenWayLimit) return true;
            await Task.Delay(Pause, cancellationToken);
        }

        throw EngineProcess.SilentFailure(StartLimit);
    }

    /// <summary>An engine being started. Disposing lets go of it; it does not end it.</summary>
    private sealed class EngineProcess : IDisposable
    {
        private const int MostWords = 2000;

        // It brings back what ran detached with the first service that is started, not because somebody asks something.
        private static readonly string[] Serve = ["serve", "--no-resume"];

        private readonly Process _process;
        private readonly EngineLaunch _launch;
        private readonly StringBuilder _words = new();

        private EngineProcess(Process process, EngineLaunch launch)
        {
            _process = process;
            _launch = launch;
            if (!OperatingSystem.IsWindows()) Listen();
        }

        public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

        public static EngineProcess Start()
        {
            var launch = EngineProgram.Launch();
            try
            {
                return new EngineProcess(DetachedProcess.Start(launch, Serve), launch);
            }
            catch (Win32Exception exception)
            {
                throw NotStarted(launch, $"The engine {launch.Command[0]} can't be started: {exception.Message}.", exception);
            }
        }

        /// <summary>The error for an engine that ended instead of serving.</summary>
        public async Task<ProblemException> FailureAsync(CancellationToken cancellationToken)
        {
            await _process.WaitForExitAsync(cancellationToken);
            string words;
            lock (_words) words = _words.ToString().Trim();
            var detail = $"The engine {_launch.Command[0]} ended with exit code {_process.ExitCode}";
            return NotStarted(_launch, words.Length > 0 ? $"{detail}: {words}" : detail + ".", null);
        }

        /// <summary>The error for an engine that runs but does not answer.</summary>
        public static ProblemException SilentFailure(TimeSpan limit) =>
            NotStarted(EngineProgram.Launch(), $"The engine was started, but did not answer within {limit.TotalSeconds:0} s.", null);

        public void Dispose() => _process.Dispose();

        private void Listen()
        {
            _process.OutputDataReceived += static (_, _) => { };
            _process.ErrorDataReceived += (_, line) =>
            {
                if (string.IsNullOrWhiteSpace(line.Data)) return;
                lock (_words)
                    if (_words.Length < MostWords) _words.Append(RemoteText.Show(line.Data.Trim(), 400)).Append(' ');
            };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        private static ProblemException NotStarted(EngineLaunch launch, string detail, Exception? cause)
        {
            var command = string.Join(' ', launch.Command.Concat(Serve).Select(part => part.Contains(' ') ? $"'{part}'" : part));
            return new ProblemException(LocalCodes.EngineNotStarted, detail, $"Run it yourself to see more: {command}", launch.Command[0], cause: cause);
        }
    }
}
