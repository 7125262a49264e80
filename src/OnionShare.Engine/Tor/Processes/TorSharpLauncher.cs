using System.Net;
using System.Net.Sockets;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Installation;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>Lets TorSharp start the tor that was installed. What that lacks compared to <see cref="OwnLauncher"/> is said in about_OnionTor.</summary>
internal sealed class TorSharpLauncher(string stateFolder, Func<ITorAdapter?> adapter) : ITorLauncher
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    public TorConnectionType Connection => TorConnectionType.TorSharp;

    public Task<TorExecutable> FindAsync(CancellationToken cancellationToken)
    {
        if (adapter() is null)
        {
            throw NotFound(
                "This OnionShare was built without TorSharp, so it can't run tor through it.",
                "Let the engine run tor itself (Set-OnionTor -Connection Own).");
        }

        var installed = new InstalledTor(stateFolder).Find()
            ?? throw NotFound("No tor was installed that TorSharp could run.", "Install one (Install-OnionTor), or let the engine run tor itself (Set-OnionTor -Connection Own).");
        return TorExecutable.FindAsync(new TorPlaces(installed.Path, []), cancellationToken);
    }

    public async Task<(IRunningTor Tor, IDisposable? Starting)> StartAsync(
        TorExecutable executable, TorDataFolder folder, string torrc, IReadOnlyList<TransportLink> links, TorLog log,
        CancellationToken cancellationToken)
    {
        var program = Path.GetDirectoryName(Path.GetDirectoryName(executable.Path))!;

        // TorSharp's torrc belongs to the installation, which the engines of one user share: it must be read before the next one writes it.
        var starting = await HoldAsync(program + ".lock", cancellationToken);
        try
        {
            // It starts tor in the folder of its program.
            foreach (var link in links)
                link.MakeIn(Path.GetDirectoryName(executable.Path)!);

            // It knows no «auto». That somebody else takes one of the ports first is found out: tor ends, or fails to prove that it knows its cookie.
            var ports = FreePorts(2);
            var run = new TorRun { ProgramFolder = program, Torrc = torrc, DataFolder = folder.Path, SocksPort = ports[0], ControlPort = ports[1] };
            return (await adapter()!.Runner.StartAsync(run, log.Add), starting);
        }
        catch
        {
            starting.Dispose();
            throw;
        }
    }

    private static async Task<IDisposable> HoldAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return UserOnlyFile.Hold(path);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(Step, cancellationToken);
            }
        }
    }

    private static int[] FreePorts(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        try
        {
            sockets.ForEach(socket => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)));
            return [.. sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port)];
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static ProblemException NotFound(string detail, string advice) =>
        new(ProblemCodes.TorNotFound, detail, advice);
}
