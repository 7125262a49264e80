using System.IO.Compression;
using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Clients.Fetching;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>Archives that a service sends: unpacked as they are, or refused, and never a byte outside the folder.</summary>
internal sealed class ArchiveTarget : Target<ArchiveTarget.Archive>
{
    private static readonly byte[][] Good = [.. Corpora()];
    private string _folder = "";

    public override string Name => "archive";

    public override int Count => 4_000;

    protected override Gen<Archive> Inputs { get; } = Gen.Frequency(
        (4, (IGen<Archive>)Mutation.Of(Good, "PK\u0003\u0004", "PK\u0001\u0002", "../", "/", "\\").Select(bytes => new Archive(bytes, null))),
        (1, Gen.Select(Gen.Select(Words.Names.Array[1, 3].Select(names => string.Join('/', names)), Gen.Byte.Array[0, 50]).Array[0, 5], Gen.Bool, (files, isStored) => new Archive(Zip(files, isStored), files))),
        (1, Gen.Select(Words.Texts, Gen.Byte.Array[0, 5]).Array[1, 4].Select(files => new Archive(Zip([.. files.Where(file => file.Item1.Length is > 0 and < 60_000)], isStored: true), null))));

    public override Task PrepareAsync(string folder)
    {
        _folder = Path.Combine(folder, "unpacked");
        return Task.CompletedTask;
    }

    protected override async Task JudgeAsync(Archive input)
    {
        Directory.CreateDirectory(_folder);
        try
        {
            using var stream = new MemoryStream(input.Bytes);
            var files = await new ZipExpander(stream, _folder, _ => true, 1 << 24).RunAsync(CancellationToken.None);
            NotHeldException.Unless(files.All(file => Path.GetFullPath(file.Path).StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && new FileInfo(file.Path) is { LinkTarget: null } there && there.Length == file.Length), "a file that is elsewhere, a link, or of another length: see the input");
            if (input.Files is { } good)
                NotHeldException.Unless(good.Select(file => Convert.ToHexString(file.Bytes)).Order(StringComparer.Ordinal).SequenceEqual(files.Select(file => Convert.ToHexString(File.ReadAllBytes(file.Path))).Order(StringComparer.Ordinal)), "other files than are in it: see the input");
        }
        catch (ProblemException refused) when (refused.Problem.Code is ProblemCodes.RemoteDamaged or ProblemCodes.RemoteUnsafe or ProblemCodes.RemoteNotUnderstood)
        {
            NotHeldException.Unless(input.Files is null || IsAmbiguous(input.Files), $"a good archive is refused: {refused.Problem.Detail}");
            NotHeldException.Unless(!refused.Problem.Detail.Any(char.IsControl), $"a control character in a problem: {refused.Problem.Detail}");
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }

        NotHeldException.Unless(!Directory.EnumerateFileSystemEntries(Directory.GetParent(_folder)!.FullName).Any(), "something beside the folder: see the input");
    }

    protected override string Show(Archive input) => $"{Corpus.Escape(input.Bytes)}{(input.Files is null ? "" : " of " + string.Join(", ", input.Files.Select(file => Words.Show(file.Name))))}";

    // A file that has the name of another's folder, once both are safe; or what would be a drive.
    private static bool IsAmbiguous((string Name, byte[] Bytes)[] files)
    {
        if (files.Any(file => file.Name.Length > 1 && file.Name[1] == ':')) return true;
        var paths = files.Select(file => Engine.Clients.EntryPath.Names(file.Name)).ToList();
        return paths.Any(path => paths.Any(other => other.Length > path.Length && other.Take(path.Length).SequenceEqual(path, StringComparer.Ordinal)));
    }

    private static IEnumerable<byte[]> Corpora()
    {
        yield return Zip([("a.txt", "hello"u8.ToArray()), ("sub/b.txt", new byte[300])], isStored: true);
        yield return Zip([("a.txt", "hello"u8.ToArray()), ("sub/", []), ("sub/c.bin", new byte[3000])], isStored: false);
        yield return Zip([("日本語/ファイル", "1"u8.ToArray())], isStored: false);
        yield return Zip([], isStored: true);
    }

    private static byte[] Zip((string Name, byte[] Bytes)[] files, bool isStored)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            foreach (var (name, bytes) in files)
            {
                using var entry = zip.CreateEntry(name, isStored ? CompressionLevel.NoCompression : CompressionLevel.Optimal).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    /// <summary>An archive, and what is in it if it is a good one.</summary>
    internal sealed record Archive(byte[] Bytes, (string Name, byte[] Bytes)[]? Files);
}
