using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>
/// An engine being started. It holds nothing of the shell's: no terminal, no standard stream (a pipe behind the shell would
/// otherwise stay open as long as the engine lives). Disposing lets go of it; it does not end it.
/// </summary>
internal sealed class EngineProcess : IDisposable
{
    private const int MostWords = 2000;

    private readonly Process _process;
    private readonly StringBuilder _words = new();

    private EngineProcess(Process process) => _process = process;

    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    public static EngineProcess Start()
    {
        var start = EngineProgram.Serve();
        if (OperatingSystem.IsWindows())
        {
            // The only way there to pass on no handle at all; the price is that its last words are not heard.
            start.UseShellExecute = true;
            start.WindowStyle = ProcessWindowStyle.Hidden;
        }
        else
        {
            start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        }

        try
        {
            var engine = new EngineProcess(Process.Start(start) ?? throw new Win32Exception("no process was made"));
            if (start.RedirectStandardError) engine.Listen();
            return engine;
        }
        catch (Win32Exception exception)
        {
            throw NotStarted($"The engine {start.FileName} can't be started: {exception.Message}.", exception);
        }
    }

    /// <summary>The error for an engine that ended instead of serving.</summary>
    public async Task<ProblemException> FailureAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        string words;
        lock (_words) words = _words.ToString().Trim();
        var detail = $"The engine {_process.StartInfo.FileName} ended with exit code {_process.ExitCode}";
        return NotStarted(words.Length > 0 ? $"{detail}: {words}" : detail + ".", null);
    }

    /// <summary>The error for an engine that runs but does not answer.</summary>
    public static ProblemException SilentFailure(TimeSpan limit) =>
        NotStarted($"The engine was started, but did not answer within {limit.TotalSeconds:0} s.", null);

    public void Dispose() => _process.Dispose();

    private void Listen()
    {
        _process.StandardInput.Close();
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

    private static ProblemException NotStarted(string detail, Exception? cause)
    {
        var serve = EngineProgram.Serve();
        var command = string.Join(' ', serve.ArgumentList.Prepend(serve.FileName).Select(part => part.Contains(' ') ? $"'{part}'" : part));
        return new ProblemException(LocalCodes.EngineNotStarted, detail, $"Run it yourself to see more: {command}", serve.FileName, cause: cause);
    }
}
