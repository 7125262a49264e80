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
        var noResume = new Option<bool>("--no-resume")
        {
            Description = "Do not bring services back that ran detached when the last engine ended, before a service is started.",
        };
        var command = new Command("serve", "Run in the background for the PowerShell cmdlets.") { idleExit, noResume };
        EngineSettings.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, parsed.GetValue(idleExit)!.Value, resume: !parsed.GetValue(noResume)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeSpan idleExit, bool resume)
    {
        LeaveTerminal();
        var options = EngineSettings.Read(parsed);
        // Another engine of this user is there already: whoever wanted one can talk to that.
        if (!ControlSocket.TryTake(options.StateFolder, out var socket))
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
            engine.Clean();
            if (resume) _ = engine.Restorer.Resume();
            var lost = server.StayFoundAsync(ended.Token);
            await Task.WhenAny(signalled.Task, server.StopRequested, lost, IdleWatch.WaitAsync(engine, idleExit, ended.Token));
            // What is stopped on purpose stays down; what goes down with the computer, or with an engine that is not found any more, comes back.
            var reason = server.StopRequested.IsCompleted ? StopReason.Requested : StopReason.EngineStopped;
            var closing = engine.Services.CloseAsync(reason, force: lost.IsCompleted);
            await Task.WhenAny(closing, signalled.Task, server.CutRequested, lost);
            await engine.Services.CloseAsync(reason, force: !closing.IsCompleted);
            await ended.CancelAsync();
            if (lost.IsCompletedSuccessfully) throw new ProblemException(await lost);
        }

        return CommandLine.Done;
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
