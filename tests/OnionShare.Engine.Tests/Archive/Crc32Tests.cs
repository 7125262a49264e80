using System.Text;
using OnionShare.Engine.Archive;
using Xunit;

namespace OnionShare.Engine.Tests.Archive;

public sealed class Crc32Tests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("a", 0xE8B7BE43u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Known_texts_have_their_known_values(string text, uint crc) => Assert.Equal(crc, Crc32.Append(0, Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_million_times_a_has_its_known_value()
    {
        var text = new byte[1_000_000];
        Array.Fill(text, (byte)'a');
        Assert.Equal(0xDC25BFBCu, Crc32.Append(0, text));
    }

    [Fact]
    public void The_processors_way_agrees_with_the_tables_at_every_length_and_alignment()
    {
        var random = new Random(1);
        var bytes = new byte[700];
        random.NextBytes(bytes);
        for (var start = 0; start < 17; start++)
        {
            for (var length = 0; length < 600; length++)
            {
                var seed = (uint)random.NextInt64();
                var part = bytes.AsSpan(start, length);
                Assert.Equal(Crc32.AppendPortably(seed, part), Crc32.Append(seed, part));
            }
        }
    }

    [Fact]
    public void Pieces_appended_give_the_value_of_the_whole()
    {
        var random = new Random(2);
        var bytes = new byte[100_000];
        random.NextBytes(bytes);
        var crc = 0u;
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, 3000), bytes.Length - at);
            crc = Crc32.Append(crc, bytes.AsSpan(at, length));
            at += length;
        }

        Assert.Equal(Crc32.Append(0, bytes), crc);
    }
}
