using System.CommandLine;
using System.Runtime.InteropServices;
using OnionShare.Contracts;
using OnionShare.Engine.Control;

namespace OnionShare.Engine.Cli;

/// <summary><c>serve</c>: the engine in the background, controlled through its socket.</summary>
internal static partial class ServeCommand
{
    public static Command Create()
    {
        var idleExit = new Option<TimeSpan?>("--idle-exit")
        {
            Description = "Exit when there was nothing to run for this time.",
            HelpName = "TIME",
            CustomParser = DurationArgument.Parse,
            DefaultValueFactory = _ => TimeSpan.FromSeconds(60),
        };
        var command = new Command("serve", "Run in the background for the PowerShell cmdlets.") { idleExit };
        EngineSettings.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(EngineSettings.Read(parsed), parsed.GetValue(idleExit)!.Value));
        return command;
    }

    private static async Task<int> RunAsync(EngineOptions options, TimeSpan idleExit)
    {
        LeaveTerminal();
        try
        {
            // Another engine of this user is there already: whoever wanted one can talk to that.
            if (!ControlSocket.TryTake(StatePaths.Socket(), out var socket))
            {
                Readiness.Tell();
                return CommandLine.Done;
            }

            using (socket)
            {
                using var signals = new StopSignals();
                await using var engine = new Engine(options with { IsBackground = true }, TimeProvider.System);
                await using var server = await ControlServer.StartAsync(engine, socket, CancellationToken.None);
                Readiness.Tell();
                var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                using var stopping = signals.OnStop(_ => signalled.TrySetResult());
                using var ended = new CancellationTokenSource();
                await engine.Saved.ResumeAsync(signals.FirstSignal).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a signal ends it
                await Task.WhenAny(signalled.Task, server.StopRequested, IdleWatch.WaitAsync(engine, idleExit, ended.Token));
                await ended.CancelAsync();
                var closing = engine.Services.CloseAsync(StopReason.EngineStopped, force: false);
                await Task.WhenAny(closing, signalled.Task, server.CutRequested);
                await engine.Services.CloseAsync(StopReason.EngineStopped, force: !closing.IsCompleted);
            }

            return CommandLine.Done;
        }
        catch (ProblemException failure)
        {
            await Console.Error.WriteLineAsync(failure.Problem.ToString());
            return CommandLine.Failed;
        }
    }

    // A session of its own, so that a Ctrl+C or a hang-up in the shell that started the engine never reaches it. On Windows the launcher
    // sees to it. It fails, harmlessly, where the engine already leads a process group: then it is in nobody's way.
    private static void LeaveTerminal()
    {
        if (!OperatingSystem.IsWindows()) _ = SetSessionId();
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int SetSessionId();
}
