using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using OnionShare.Engine.Tor.Bridges;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>Starts the first tor program of the usual places, or the one that was named.</summary>
internal sealed class OwnLauncher(TorOptions options, TorSettings settings) : ITorLauncher
{
    public TorConnectionType Connection => TorConnectionType.Own;

    public Task<TorExecutable> FindAsync(CancellationToken cancellationToken) =>
        TorExecutable.FindAsync(TorPlaces.OfThisMachine(options.ExecutablePath ?? settings.Executable, options.StateFolder), cancellationToken);

    public Task<(IRunningTor Tor, IDisposable? Starting)> StartAsync(
        TorExecutable executable, TorDataFolder folder, string torrc, IReadOnlyList<TransportLink> links, TorLog log,
        CancellationToken cancellationToken)
    {
        try
        {
            foreach (var link in links)
                link.MakeIn(folder.Path);
            UserOnlyFile.Write(folder.File(Torrc.FileName), Encoding.UTF8.GetBytes(torrc));
            var start = executable.StartApart(Arguments(folder));
            if (links.Count > 0)
                start.WorkingDirectory = folder.Path;
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return Task.FromResult<(IRunningTor, IDisposable?)>((new OwnProcess(process, log), null));
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw TorTrouble.NotStarted($"{executable.Path} can't be started: {e.Message}", executable.Path, cause: e);
        }
    }

    private static IEnumerable<string> Arguments(TorDataFolder folder) =>

        // Without these tor reads the defaults of the system's own tor, and with them its user and its ports.
        ["--defaults-torrc", folder.File("no-defaults"), "--ignore-missing-torrc", "-f", folder.File(Torrc.FileName)];

    private sealed class OwnProcess : IRunningTor
    {
        private readonly Process _process;
        private readonly TorLog _log;
        private readonly Task _reading;

        public OwnProcess(Process process, TorLog log)
        {
            (_process, _log) = (process, log);
            ProcessId = process.Id;
            _reading = Task.WhenAll(ReadAsync(process.StandardOutput, log), ReadAsync(process.StandardError, log));
            Exited = process.WaitForExitAsync(CancellationToken.None);
        }

        public Task Exited { get; }

        public int? ProcessId { get; }

        public int? ExitCode { get; private set; }

        public async ValueTask DisposeAsync()
        {
            if (!Exited.IsCompleted)
            {
                try
                {
                    _process.Kill();
                }
                catch (Exception e) when (e is InvalidOperationException or Win32Exception)
                {
                    _log.Add($"It was gone before it could be killed: {e.Message}");
                }
            }

            await Exited;
            await _reading;
            ExitCode ??= _process.ExitCode;
            _process.Dispose();
        }

        private static async Task ReadAsync(StreamReader reader, TorLog log)
        {
            while (await reader.ReadLineAsync() is { } line)
                log.Add(line);
        }
    }
}
