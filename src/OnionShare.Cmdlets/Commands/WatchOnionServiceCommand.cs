using System.Diagnostics;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// <c>Watch-OnionService</c>: a live view of all services. It is drawn by a second process in the same console, the engine's verb <c>watch</c>, so that
/// nothing foreign is loaded into the shell.
/// </summary>
[Cmdlet(VerbsCommon.Watch, "OnionService")]
[OutputType(typeof(string))]
public sealed class WatchOnionServiceCommand : OnionCommand
{
    // Who presses Ctrl+C in the first moments reaches the other process, too; it then leaves by itself.
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(3);

    [Parameter(HelpMessage = "Give what happens as lines of text, as it does where output goes to a pipe or a file.")]
    public SwitchParameter Lines { get; set; }

    private bool IsInteractive => !Lines && MyInvocation.PipelinePosition == MyInvocation.PipelineLength
        && !Console.IsInputRedirected && !Console.IsOutputRedirected && Host.Name is "ConsoleHost" or "Visual Studio Code Host";

    protected override async Task EndProcessingAsync()
    {
        var isInteractive = IsInteractive;
        using var process = EngineProgram.Launch().StartBeside(isInteractive ? ["watch"] : ["watch", "--lines"], redirect: !isInteractive);
        try
        {
            if (!isInteractive)
            {
                process.StandardInput.Close();
                while (await process.StandardOutput.ReadLineAsync(StopToken) is { } line) WriteObject(line);
            }

            await process.WaitForExitAsync(StopToken);
        }
        finally
        {
            await EndAsync(process, isInteractive);
        }

        if (process.ExitCode != 0) ThrowTerminatingError(Errors.WatchFailed(process.ExitCode, isInteractive ? "" : await process.StandardError.ReadToEndAsync()));
    }

    private static async Task EndAsync(Process process, bool isInteractive)
    {
        using var limit = new CancellationTokenSource(isInteractive ? LeaveLimit : TimeSpan.Zero);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        // Killed, by us or by others, it could not leave its screen itself.
        if (isInteractive && process.ExitCode != 0) Console.Out.Write("\e[?25h\e[?1049l");
    }
}
