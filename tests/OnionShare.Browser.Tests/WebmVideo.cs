using System.Buffers.Binary;
using System.Text;
using Microsoft.Playwright;

namespace OnionShare.Browser.Tests;

/// <summary>
/// A video to seek in: pictures that the browser itself drew and coded (a lossy WebP picture is a VP8 key frame, RFC 9649), put into a WebM file
/// (RFC 9559) with an index. No other program is needed.
/// </summary>
internal static class WebmVideo
{
    private const int Width = 480, Height = 270, FrameTime = 500; // milliseconds

    // Noise does not compress, so that the video is too long to be read ahead as a whole.
    private const string Draw = """
        async ([width, height, count]) => {
          const canvas = Object.assign(document.createElement("canvas"), { width, height });
          const context = canvas.getContext("2d");
          const pictures = [];
          for (let i = 0; i < count; i++) {
            const picture = context.createImageData(width, height);
            for (let at = 0; at < picture.data.length; at += 4) picture.data.set([Math.random() * 256, i * 20, Math.random() * 256, 255], at);
            context.putImageData(picture, 0, 0);
            pictures.push(canvas.toDataURL("image/webp", 0.95).split(",")[1]);
          }
          return pictures;
        }
        """;

    /// <summary>Makes one of that many seconds.</summary>
    public static async Task<byte[]> MakeAsync(IPage page, int seconds)
    {
        var pictures = await page.EvaluateAsync<string[]>(Draw, new[] { Width, Height, 4 });
        byte[][] frames = [.. pictures.Select(picture => KeyFrame(Convert.FromBase64String(picture)))];
        var count = seconds * 1000 / FrameTime;

        var header = Element(0x1A45DFA3, Element(0x4282, "webm"u8), Number(0x4287, 4), Number(0x4285, 2));
        var info = Element(0x1549A966, Number(0x2AD7B1, 1_000_000), Element(0x4489, Float(count * FrameTime)), Element(0x4D80, "test"u8), Element(0x5741, "test"u8));
        var video = Element(0xE0, Number(0xB0, Width), Number(0xBA, Height));
        var tracks = Element(0x1654AE6B, Element(0xAE, Number(0xD7, 1), Number(0x73C5, 1), Number(0x83, 1), Element(0x86, "V_VP8"u8), video));
        byte[][] clusters = [.. Enumerable.Range(0, count).Select(i =>
            Element(0x1F43B675, Number(0xE7, i * FrameTime), Element(0xA3, [0x81, 0, 0, 0x80], frames[i % frames.Length])))];

        // The index lies before what it points at, and its numbers are of fixed length: so its own length is known.
        var before = info.Length + tracks.Length;
        var indexLength = Index(clusters, 0).Length;
        return [.. header, .. Element(0x18538067, [info, tracks, Index(clusters, before + indexLength), .. clusters])];
    }

    private static byte[] Index(byte[][] clusters, int position) => Element(0x1C53BB6B, [.. clusters.Select((cluster, i) =>
    {
        var point = Element(0xBB, Number(0xB3, i * FrameTime), Element(0xB7, Number(0xF7, 1), Number(0xF1, position)));
        position += cluster.Length;
        return point;
    })]);

    /// <summary>What a WebP file holds in its chunk «VP8 ».</summary>
    private static byte[] KeyFrame(byte[] webp)
    {
        for (var at = 12; at < webp.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(webp.AsSpan(at + 4));
            if (webp.AsSpan(at, 4).SequenceEqual("VP8 "u8)) return webp[(at + 8)..(at + 8 + length)];
            at += 8 + length + (length & 1);
        }

        throw new InvalidDataException($"This browser makes {Encoding.ASCII.GetString(webp.AsSpan(8, 8))} pictures.");
    }

    private static byte[] Number(uint id, int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return Element(id, bytes);
    }

    private static byte[] Float(double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Element(uint id, ReadOnlySpan<byte> content) => Element(id, content.ToArray());

    private static byte[] Element(uint id, params byte[][] parts)
    {
        var head = new byte[8]; // the length in eight bytes, whatever it is
        BinaryPrimitives.WriteInt64BigEndian(head, parts.Sum(part => (long)part.Length));
        head[0] = 1;
        var name = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(name, id);
        return [.. name.SkipWhile(part => part == 0), .. head, .. parts.SelectMany(part => part)];
    }
}
