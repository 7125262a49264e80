using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using OnionShare.Engine.Control;

namespace OnionShare.Engine.Cli;

/// <summary><c>serve</c>: the engine in the background, controlled through its socket.</summary>
internal static partial class ServeCommand
{
    private const string ReadyVariable = "NOTIFY_SOCKET";

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
            TellReady();
            return CommandLine.Done;
        }

        using (socket)
        {
            using var signals = new StopSignals();
            await using var engine = new Engine(options with { IsBackground = true }, TimeProvider.System);
            await using var server = await ControlServer.StartAsync(engine, socket, CancellationToken.None);
            TellReady();
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

    /// <summary>Tells the service manager that started this process, if one did, that it can be talked to (<c>sd_notify(3)</c>).</summary>
    /// <exception cref="ProblemException">The service manager can't be reached: it would wait, and then end this process.</exception>
    private static void TellReady()
    {
        if (Environment.GetEnvironmentVariable(ReadyVariable) is not { Length: > 0 } name) return;
        // Not for tor to answer to.
        Environment.SetEnvironmentVariable(ReadyVariable, null);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A leading @ stands for Linux's namespace of names that are no files.
            socket.Connect(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
            socket.Send(Encoding.ASCII.GetBytes("READY=1"));
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            throw new ProblemException(
                ProblemCodes.Internal, $"The service manager can't be told at '{RemoteText.Show(name)}' that the engine runs: {failure.Message}.",
                $"Start it without {ReadyVariable}, or see systemctl --user status.", cause: failure);
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
