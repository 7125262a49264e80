using System.Text;
using OnionShare.Engine.Archive;
using Xunit;

namespace OnionShare.Engine.Tests.Archive;

public sealed class CrcCacheTests
{
    [Theory]
    [InlineData("a", 0xE8B7BE43u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Known_texts_have_their_known_values(string text, uint crc)
    {
        var cache = new CrcCache(1);
        cache.Extend(0, text.Length, 0, Encoding.ASCII.GetBytes(text));
        Assert.Equal((text.Length, crc), cache[0]);
    }

    [Fact]
    public void Nothing_has_the_value_0() => Assert.Equal((0, 0u), new CrcCache(1)[0]);

    [Fact]
    public void Pieces_of_any_length_that_lie_over_each_other_give_the_value_of_the_whole()
    {
        var bytes = Random(100_000);
        var cache = new CrcCache(2);
        var random = new Random(2);
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, 3000), bytes.Length - at);
            cache.Extend(1, bytes.Length, at, bytes.AsSpan(at, length));
            at += Math.Max(1, length - random.Next(100));
            if (at + length >= bytes.Length) cache.Extend(1, bytes.Length, at, bytes.AsSpan(at));
        }

        Assert.Equal((bytes.Length, System.IO.Hashing.Crc32.HashToUInt32(bytes)), cache[1]);
        Assert.Equal((0, 0u), cache[0]);
    }

    [Fact]
    public void Bytes_further_on_do_not_count_until_those_before_them_came()
    {
        var bytes = Random(100);
        var cache = new CrcCache(1);
        cache.Extend(0, 100, 50, bytes.AsSpan(50));
        Assert.Equal(0, cache[0].Covered);
        cache.Extend(0, 100, 0, bytes.AsSpan(0, 60));
        cache.Extend(0, 100, 50, bytes.AsSpan(50));
        Assert.Equal((100, System.IO.Hashing.Crc32.HashToUInt32(bytes)), cache[0]);
    }

    [Fact]
    public void Many_who_read_a_file_at_once_get_the_one_value()
    {
        var bytes = Random(2_000_000);
        for (var round = 0; round < 20; round++)
        {
            var cache = new CrcCache(1);
            Parallel.For(0, 4, reader =>
            {
                var size = 1000 * (reader + 1);
                for (var at = 0; at < bytes.Length; at += size) cache.Extend(0, bytes.Length, at, bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            });
            cache.Extend(0, bytes.Length, 0, bytes);
            Assert.Equal((bytes.Length, System.IO.Hashing.Crc32.HashToUInt32(bytes)), cache[0]);
        }
    }

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
