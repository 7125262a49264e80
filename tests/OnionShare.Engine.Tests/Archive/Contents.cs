using OnionShare.Engine.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Archive;

/// <summary>Reads contents the way a transfer does.</summary>
internal static class Contents
{
    /// <summary>All bytes.</summary>
    public static Task<byte[]> ReadAllAsync(this IContent content, int blockSize = 256 * 1024) =>
        content.ReadRangeAsync(0, content.Length, blockSize);

    /// <summary>The bytes of a range, by a transfer of its own.</summary>
    public static async Task<byte[]> ReadRangeAsync(this IContent content, long offset, long length, int blockSize = 256 * 1024)
    {
        var bytes = new byte[length];
        await using var reader = content.Open();
        for (var done = 0; done < bytes.Length;)
        {
            var block = bytes.AsMemory(done, Math.Min(blockSize, bytes.Length - done));
            var count = await reader.ReadAsync(offset + done, block, Cancel);
            Assert.InRange(count, 1, block.Length);
            done += count;
        }

        return bytes;
    }

    /// <summary>Writes all bytes to a file; blocks of zeros become holes.</summary>
    public static async Task WriteSparseAsync(this IContent content, string path)
    {
        await using var file = File.Create(path);
        file.SetLength(content.Length);
        var block = new byte[1024 * 1024];
        await using var reader = content.Open();
        for (var offset = 0L; offset < content.Length;)
        {
            var count = await reader.ReadAsync(offset, block, Cancel);
            if (block.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                file.Position = offset;
                file.Write(block, 0, count);
            }

            offset += count;
        }
    }
}
