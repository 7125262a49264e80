using System.Net.Sockets;
using System.Text;
using OnionShare.Contracts;

namespace OnionShare.Engine.Cli;

/// <summary>Tells the service manager that started this process, if one did, that it can be talked to (<c>sd_notify(3)</c>).</summary>
internal static class Readiness
{
    internal const string Variable = "NOTIFY_SOCKET";

    /// <summary>Tells it. Does nothing where nobody asked.</summary>
    /// <exception cref="ProblemException">The service manager can't be reached: it would wait, and then end this process.</exception>
    public static void Tell()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } name) return;
        // Not for tor to answer to.
        Environment.SetEnvironmentVariable(Variable, null);
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
                $"Start it without {Variable}, or see systemctl --user status.", cause: failure);
        }
    }
}
