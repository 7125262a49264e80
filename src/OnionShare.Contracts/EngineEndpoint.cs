using System.Buffers.Binary;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OnionShare.Contracts;

/// <summary>
/// Where the engine's local API is: the path of a unix socket or, on Windows, of a named pipe (<c>\\.\pipe\NAME</c>). Only an engine of this
/// user is talked to: passwords and paths go over it, so what somebody else laid there must not hear them.
/// </summary>
public static class EngineEndpoint
{
    private const string PipePrefix = @"\\.\pipe\";

    private const UnixFileMode OthersMode =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // How long all instances of the engine's pipe may be taken by others: it makes a new one for each that is.
    private static readonly TimeSpan BusyLimit = TimeSpan.FromSeconds(10);

    public static string OfPipe(string name) => PipePrefix + name;

    /// <summary>The pipe's name in such a path; null when the address is a socket's.</summary>
    public static string? PipeName(string address) => address.StartsWith(PipePrefix, StringComparison.Ordinal) ? address[PipePrefix.Length..] : null;

    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.EngineNotTrusted"/>: a stranger does, or might.</exception>
    public static async ValueTask<Stream> ConnectAsync(string address, CancellationToken cancellationToken)
    {
        if (PipeName(address) is { } name) return await ConnectPipeAsync(name, cancellationToken);
        RequireUserOnlyFolder(Path.GetDirectoryName(address)!);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(address), cancellationToken);
            RequireOwnPeer(socket, address);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether there may be an engine: false, at no cost, where there is nothing to connect to.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.EngineNotTrusted"/>: a stranger may have made it.</exception>
    public static bool MayBeThere(string address)
    {
        if (PipeName(address) is { } name) return IsBusy(name);
        RequireUserOnlyFolder(Path.GetDirectoryName(address)!);
        return File.Exists(address);
    }

    private static async ValueTask<Stream> ConnectPipeAsync(string name, CancellationToken cancellationToken)
    {
        var since = Environment.TickCount64;
        while (true)
        {
            var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
            try
            {
                // 0: as it is now. What is not there yet is for the caller to wait for.
                await pipe.ConnectAsync(0, cancellationToken);
                return pipe;
            }
            catch (UnauthorizedAccessException)
            {
                await pipe.DisposeAsync();
                throw NotTrusted(
                    $"The process that listens on {OfPipe(name)} belongs to another user, or runs with other rights than this session.",
                    "Where one of the two was started as administrator, start both the same way; else do not use it, and find out who made it.",
                    OfPipe(name));
            }
            catch (TimeoutException)
            {
                await pipe.DisposeAsync();
                if (Environment.TickCount64 - since > BusyLimit.TotalMilliseconds || !IsBusy(name))
                    throw new SocketException((int)SocketError.ConnectionRefused);
                await Task.Delay(5, cancellationToken);
            }
            catch
            {
                await pipe.DisposeAsync();
                throw;
            }
        }
    }

    // WaitNamedPipeW fails with ERROR_FILE_NOT_FOUND (2) at once where there is no such pipe, with another code where it is only taken.
    private static bool IsBusy(string name) =>
        OperatingSystem.IsWindows() && (WaitNamedPipe(OfPipe(name), 1) || Marshal.GetLastPInvokeError() != 2);

    private static void RequireUserOnlyFolder(string folder)
    {
        if (OperatingSystem.IsWindows() || FileIdentity.Of(folder) is not { } identity) return;
        if (!identity.IsOwn)
        {
            throw NotTrusted(
                $"The folder of the engine's socket, {folder}, belongs to another user (id {identity.Owner}).",
                $"Find out who made it, and remove it; or set {StatePaths.HomeVariable} to a folder you own.", folder);
        }

        var mode = File.GetUnixFileMode(folder);
        if ((mode & OthersMode) == 0) return;
        throw NotTrusted(
            $"The folder of the engine's socket, {folder}, is open to other users.", $"Make it private: chmod 700 '{folder}'.", folder);
    }

    // Linux: unix(7), SO_PEERCRED; macOS: unix(4), LOCAL_PEERCRED.
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
        new(ProblemCodes.EngineNotTrusted, detail, advice, target);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();

    [DllImport("kernel32", EntryPoint = "WaitNamedPipeW", CharSet = CharSet.Unicode, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern bool WaitNamedPipe(string path, uint milliseconds);
}
