using System.ComponentModel;
using Knapcode.TorSharp;
using OnionShare.Contracts;
using OnionShare.Engine;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.TorSharp;

/// <summary>
/// TorSharp's runner. Its torrc is one of the installation, not of the data folder: whoever calls sees to it that nobody else starts the same installation
/// meanwhile.
/// </summary>
internal sealed class TorSharpRunner : ITorRunner
{
    public async Task<IRunningTor> StartAsync(TorRun run, Action<string> output)
    {
        // It would come apart into several arguments.
        if (run.ProgramFolder.Contains('"', StringComparison.Ordinal))
            throw Failed(run, "it can't start a program with a quotation mark in its path", null);

        var settings = Settings.For(Path.GetDirectoryName(run.ProgramFolder)!);
        settings.TorSettings.SocksPort = run.SocksPort;
        settings.TorSettings.ControlPort = run.ControlPort;

        // It writes the value as it is, and tor reads it in quotes.
        settings.TorSettings.DataDirectory = Quote(run.DataFolder);

        // The torrc asks for a cookie. A password would be told to whoever took the port before tor did.
        settings.TorSettings.ControlPassword = null;
        var torrc = Path.Combine(run.ProgramFolder, "data", "tor", "torrc");
        Write(torrc, run.Torrc);
        var proxy = new TorSharpProxy(settings);
        var running = new RunningTor(proxy, output);
        try
        {
            // Parts of both block.
            await Task.Run(async () =>
            {
                await proxy.ConfigureAsync();
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(torrc, UserOnlyFile.Mode);
                await proxy.StartAsync();
            });
            return running;
        }
        catch (Exception e) when (e is TorSharpException or Win32Exception or IOException or UnauthorizedAccessException)
        {
            await running.DisposeAsync();
            throw Failed(run, e.Message, e);
        }
    }

    private static ProblemException Failed(TorRun run, string why, Exception? cause) => new(
        ProblemCodes.TorNotStarted, $"TorSharp can't start the tor in {run.ProgramFolder}: {why}.",
        "Install it again, or let the engine run it (Set-OnionTor -Connection Own).", run.ProgramFolder, cause: cause);

    private static string Quote(string path) => '"' + path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new StreamWriter(UserOnlyFile.Create(path));
        writer.Write(text);
    }

    private sealed class RunningTor : IRunningTor
    {
        private readonly TorSharpProxy _proxy;
        private readonly TaskCompletionSource _output = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _errors = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public RunningTor(TorSharpProxy proxy, Action<string> output)
        {
            _proxy = proxy;
            proxy.OutputDataReceived += (_, line) => Take(line.Data, _output, output);
            proxy.ErrorDataReceived += (_, line) => Take(line.Data, _errors, output);
            Exited = Task.WhenAll(_output.Task, _errors.Task);
        }

        // It does not show its process. Both of its streams end with it.
        public Task Exited { get; }

        public int? ProcessId => null;

        public int? ExitCode => null;

        public async ValueTask DisposeAsync() => await Task.Run(_proxy.Dispose);

        private static void Take(string? line, TaskCompletionSource end, Action<string> output)
        {
            if (line is null)
                end.TrySetResult();
            else
                output(line);
        }
    }
}
