using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>
/// An engine being started. Disposing lets go of it; it does not end it.
/// </summary>
internal sealed class EngineProcess : IDisposable
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
            return new EngineProcess(launch.StartDetached(Serve), launch);
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
