using System.Diagnostics;
using System.Globalization;
using System.Net;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Bridges;

/// <summary>
/// All TCP connections that a process and its children opened since this was made, looked at fifty times a second in /proc: tor keeps those
/// to relays for minutes.
/// </summary>
internal sealed class ConnectionWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Func<int?> _root;
    private readonly HashSet<(string Program, IPEndPoint Remote)> _seen = [];
    private readonly HashSet<int> _ownListeners = [];
    private readonly Task _watching;
    private int _looks;

    /// <param name="root">The process; null as long as it is not known.</param>
    public ConnectionWatch(Func<int?> root)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: looks into /proc, which only Linux has");
        _root = root;
        _watching = WatchAsync();
    }

    /// <summary>Ends the watch.</summary>
    /// <returns>Where each program connected to, but for ports that one of them listens at.</returns>
    public async Task<IReadOnlyList<(string Program, IPEndPoint Remote)>> OutgoingAsync()
    {
        await DisposeAsync();
        Assert.True(_looks >= 5, $"The processes were looked at only {_looks} times.");
        return [.. _seen.Where(one => !_ownListeners.Contains(one.Remote.Port))];
    }

    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested) return;
        await _end.CancelAsync();
        await _watching;
    }

    private async Task WatchAsync()
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            do
            {
                if (_root() is not { } root) continue;
                foreach (var (id, name) in Family(root)) Look(id, name);
                _looks++;
            }
            while (await tick.WaitForNextTickAsync(_end.Token));
        }
        catch (OperationCanceledException)
        {
            Debug.Assert(_end.IsCancellationRequested, "only the end cancels");
        }
    }

    private void Look(int process, string name)
    {
        try
        {
            var sockets = Directory.EnumerateFiles($"/proc/{process}/fd").Select(file => new FileInfo(file).LinkTarget ?? "")
                .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal)).Select(target => target[8..^1]).ToHashSet();
            foreach (var line in File.ReadLines($"/proc/{process}/net/tcp").Skip(1).Concat(File.ReadLines($"/proc/{process}/net/tcp6").Skip(1)))
            {
                // sl, local, remote, state, queues, timer, retransmissions, uid, timeout, inode
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (!sockets.Contains(words[9])) continue;
                var (local, remote) = (Endpoint(words[1]), Endpoint(words[2]));
                if (words[3] == "0A") _ownListeners.Add(local.Port);
                else if (!_ownListeners.Contains(local.Port)) _seen.Add((name, remote));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended between two looks.
            Assert.False(File.Exists($"/proc/{process}/fd/0"), e.Message);
        }
    }

    private static IEnumerable<(int Id, string Name)> Family(int root)
    {
        // The children of its main thread, which is the one that starts programs.
        foreach (var id in Text($"/proc/{root}/task/{root}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(root.ToString(CultureInfo.InvariantCulture)))
        {
            if (Text($"/proc/{id}/comm").Trim() is { Length: > 0 } name) yield return (int.Parse(id, CultureInfo.InvariantCulture), name);
        }
    }

    // Empty when the process has ended.
    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    // Hexadecimal, four bytes at a time in the byte order of the machine: 0100007F:1F90 is 127.0.0.1:8080.
    private static IPEndPoint Endpoint(string text)
    {
        var colon = text.IndexOf(':');
        var bytes = Convert.FromHexString(text[..colon]);
        for (var word = 0; word < bytes.Length; word += 4) bytes.AsSpan(word, 4).Reverse();
        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, int.Parse(text[(colon + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
