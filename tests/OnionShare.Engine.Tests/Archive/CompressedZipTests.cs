using System.IO.Compression;
using OnionShare.Engine.Archive;
using OnionShare.Engine.Tests.Files;
using Xunit;
using SharpZip = ICSharpCode.SharpZipLib.Zip;

namespace OnionShare.Engine.Tests.Archive;

public sealed class CompressedZipTests : IDisposable
{
    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(ZipTools.All), MemberType = typeof(ZipTools))]
    public async Task It_passes_the_tools(string tool)
    {
        Fill();
        var path = _folder.Outside("saved.zip");
        await File.WriteAllBytesAsync(path, await WrittenAsync(), Cancel);
        await ZipTools.TestAsync(tool, path);
    }

    [Fact]
    public async Task It_is_smaller_and_has_the_names_bytes_and_modes_of_the_plain_one()
    {
        Fill();
        var bytes = await WrittenAsync();
        Assert.True(bytes.Length < 20_000, $"{bytes.Length} bytes");
        using var zip = new ZipArchive(new MemoryStream(bytes));
        using var plain = new ZipArchive(new ContentStream(new VirtualZip(_folder.Scan())));
        Assert.Equal(
            plain.Entries.Select(e => (e.FullName, e.Length, e.Crc32, e.LastWriteTime, e.ExternalAttributes)),
            zip.Entries.Select(e => (e.FullName, e.Length, e.Crc32, e.LastWriteTime, e.ExternalAttributes)));
        using var content = new StreamReader(zip.GetEntry("中/файл.txt")!.Open());
        Assert.Equal(new string('x', 1_000_000), await content.ReadToEndAsync(Cancel));
        Assert.Equal(string.Empty, SharpZipFaults.Of(new SharpZip.ZipFile(new MemoryStream(bytes)), testData: true));
    }

    [Fact]
    public async Task It_writes_asynchronously_only_and_in_pieces()
    {
        var random = new byte[2_000_000];
        new Random(1).NextBytes(random);
        _folder.Write("random", random);
        var target = new AsynchronousOnly();
        await new CompressedZip(_folder.Scan()).WriteToAsync(target, Cancel);
        Assert.InRange(target.LongestWrite, 1, 300_000);
    }

    private void Fill()
    {
        _folder.Write("中/файл.txt", new string('x', 1_000_000));
        _folder.Write("empty", "");
        _folder.Write("small", "s");
        Directory.CreateDirectory(_folder.At("void"));
    }

    private async Task<byte[]> WrittenAsync()
    {
        var target = new MemoryStream();
        await new CompressedZip(_folder.Scan()).WriteToAsync(target, Cancel);
        return target.ToArray();
    }

    private sealed class AsynchronousOnly : MemoryStream
    {
        public int LongestWrite { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            LongestWrite = Math.Max(LongestWrite, buffer.Length);
            return ValueTask.CompletedTask;
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("synchronous");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new InvalidOperationException("synchronous");
    }
}
