using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>
/// Connects to the engine's unix socket, and only to one of this user: passwords and paths go over it, so a socket somebody else
/// laid there must not be talked to.
/// </summary>
internal static class EngineSocket
{
    private const UnixFileMode OthersMode =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>
    /// Throws <see cref="SocketException"/> when nobody listens, <see cref="ProblemException"/> when a stranger does.
    /// </summary>
    public static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        RequireUserOnlyFolder(Path.GetDirectoryName(path)!);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            RequireOwnPeer(socket, path);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RequireUserOnlyFolder(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder)) return;
        var mode = File.GetUnixFileMode(folder);
        if ((mode & OthersMode) == 0) return;
        throw NotTrusted(
            $"The folder of the engine's socket, {folder}, is open to other users.", $"Make it private: chmod 700 '{folder}'.", folder);
    }

    // Linux: unix(7), SO_PEERCRED; macOS: unix(4), LOCAL_PEERCRED. On Windows the folder in the user's profile guards the socket.
    private static void RequireOwnPeer(Socket socket, string path)
    {
        uint peer;
        if (OperatingSystem.IsLinux())
        {
            Span<byte> credentials = stackalloc byte[12];
            socket.GetRawSocketOption(1, 17, credentials);
            peer = BitConverter.ToUInt32(credentials[4..]);
        }
        else if (OperatingSystem.IsMacOS())
        {
            Span<byte> credentials = stackalloc byte[76];
            socket.GetRawSocketOption(0, 1, credentials);
            peer = BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
        }
        else
        {
            return;
        }

        if (peer == GetEffectiveUserId()) return;
        throw NotTrusted(
            $"The process that listens on {path} belongs to another user (id {peer}).",
            "Do not use it; find out who made it, then remove the socket.",
            path);
    }

    private static ProblemException NotTrusted(string detail, string advice, string target) =>
        new(LocalCodes.EngineNotTrusted, detail, advice, target);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();
}
