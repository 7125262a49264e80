using System.Diagnostics;

namespace OnionShare.Engine.Tests;

/// <summary>A slow visitor. Its pace is the input of a test, not a wait for something.</summary>
internal static class SlowReader
{
    /// <summary>All that comes until the stream ends, at this pace.</summary>
    public static async Task<byte[]> ReadAsync(Stream stream, int bytesPerSecond)
    {
        var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        var clock = Stopwatch.StartNew();
        while (await stream.ReadAsync(buffer, Cancel) is var read and > 0)
        {
            all.Write(buffer, 0, read);
            var ahead = TimeSpan.FromSeconds((double)all.Length / bytesPerSecond) - clock.Elapsed;
            if (ahead > TimeSpan.Zero) await Task.Delay(ahead, Cancel);
        }

        return all.ToArray();
    }
}
