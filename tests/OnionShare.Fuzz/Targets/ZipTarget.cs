using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using CsCheck;
using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Fuzz.Inputs;
using SharpZip = ICSharpCode.SharpZipLib.Zip;

namespace OnionShare.Fuzz.Targets;

/// <summary>The virtual zip of any tree: three readers find in it what is on the disk, and any part of it is that part of the whole.</summary>
internal sealed class ZipTarget : Target<ZipTarget.Tree>
{
    private const int ProgramEvery = 10;
    private static readonly string? Python = new[] { "/usr/bin/python3", "/usr/local/bin/python3" }.FirstOrDefault(File.Exists);
    private string _folder = "";
    private int _trees;

    public override string Name => "zip";

    public override int Count => 400;

    // A file system takes no name twice and none that is too long; the rest of what it takes has to come out again.
    protected override Gen<Tree> Inputs { get; } = Gen.Select(
        Gen.Select(Words.Names.Where(name => Encoding.UTF8.GetByteCount(name) < 255).Array[1, 4].Select(names => string.Join('/', names)), Gen.Frequency((6, (IGen<byte[]>)Gen.Byte.Array[0, 60]), (1, Gen.Int[0, 300_000].Select(count => new byte[count])))).Array[0, 8],
        Gen.Select(Gen.UInt, Gen.UInt).Array[1, 6], (files, cuts) => new Tree(files, cuts));

    public override Task PrepareAsync(string folder)
    {
        _folder = folder;
        return Task.CompletedTask;
    }

    protected override async Task JudgeAsync(Tree input)
    {
        var shared = Directory.CreateDirectory(Path.Combine(_folder, "shared")).FullName;
        try
        {
            var expected = Make(input, shared);
            var zip = new VirtualZip(SharedTree.Scan([shared], CancellationToken.None));
            var bytes = await ReadAsync(zip, 0, (int)zip.Length);
            foreach (var (from, count) in input.Cuts.Select(cut => ((int)(cut.Item1 % (uint)bytes.Length), cut.Item2)))
            {
                var length = (int)(count % (uint)(bytes.Length - from)) + 1;
                var again = new VirtualZip(SharedTree.Scan([shared], CancellationToken.None));
                NotHeldException.Unless(again.EntityTag == zip.EntityTag, "the same tree has another entity tag: see the input");
                NotHeldException.Unless((await ReadAsync(again, from, length)).AsSpan().SequenceEqual(bytes.AsSpan(from, length)), $"a part is not that part of the whole: {from}+{length} of {bytes.Length}");
            }

            Same(expected, Dotnet(bytes), "System.IO.Compression");
            Same(expected, Sharp(bytes), "SharpZipLib");
            if (_trees++ % ProgramEvery == 0 && Python is not null) await PythonAsync(bytes, expected);
        }
        finally
        {
            Directory.Delete(shared, recursive: true);
        }
    }

    protected override string Show(Tree input) => string.Join(", ", input.Files.Select(file => $"{Words.Show(file.Name)} of {file.Bytes.Length}")) + " read at " + string.Join(' ', input.Cuts);

    private static Dictionary<string, string> Make(Tree input, string shared)
    {
        foreach (var (name, bytes) in input.Files)
        {
            var path = Path.Combine(shared, name);
            // What is a file already can't be a folder, too.
            if (Path.Exists(path) || Ancestors(path, shared).Any(File.Exists)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }

        return Directory.EnumerateFiles(shared, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(shared, path).Replace('\\', '/'), path => Convert.ToHexString(File.ReadAllBytes(path)), StringComparer.Ordinal);
    }

    private static IEnumerable<string> Ancestors(string path, string root)
    {
        for (var above = Path.GetDirectoryName(path)!; above.Length > root.Length; above = Path.GetDirectoryName(above)!) yield return above;
    }

    private static async Task<byte[]> ReadAsync(VirtualZip zip, long offset, int count)
    {
        await using var reader = zip.Open();
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var read = await reader.ReadAsync(offset + at, bytes.AsMemory(at), CancellationToken.None);
            NotHeldException.Unless(read > 0, $"the zip ends too early: {offset + at} of {zip.Length}");
            at += read;
        }

        return bytes;
    }

    // Names that would clash elsewhere are changed on purpose: the bytes must be the same, and the names where nothing stands against them.
    private static void Same(Dictionary<string, string> expected, List<(string Name, string Bytes)> found, string reader)
    {
        NotHeldException.Unless(found.Select(file => file.Bytes).Order(StringComparer.Ordinal).SequenceEqual(expected.Values.Order(StringComparer.Ordinal)), $"{reader} finds other files: {found.Count}, not {expected.Count}");
        NotHeldException.Unless(found.Select(file => file.Name).Distinct(StringComparer.Ordinal).Count() == found.Count, $"{reader} finds a name twice: see the input");
        var names = found.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in expected.Keys.Where(name => name.All(char.IsAsciiLetterOrDigit) && SafeName.Of(name) == name && !expected.Keys.Any(other => other != name && other.Equals(name, StringComparison.OrdinalIgnoreCase))))
            NotHeldException.Unless(names.Contains(name), $"{reader} does not find a plain name: {name}");
    }

    private static List<(string, string)> Dotnet(byte[] bytes)
    {
        using var zip = new ZipArchive(new MemoryStream(bytes));
        return [.. zip.Entries.Where(entry => !entry.FullName.EndsWith('/')).Select(entry => (entry.FullName, Hex(entry.Open())))];
    }

    private static List<(string, string)> Sharp(byte[] bytes)
    {
        using var zip = new SharpZip.ZipFile(new MemoryStream(bytes));
        var faults = new List<string>();
        NotHeldException.Unless(zip.TestArchive(true, SharpZip.TestStrategy.FindAllErrors, (status, message) => faults.Add($"{status.Entry?.Name} {message}")), $"SharpZipLib finds faults: {string.Join(", ", faults)}");
        return [.. zip.Cast<SharpZip.ZipEntry>().Where(entry => entry.IsFile).Select(entry => (entry.Name, Hex(zip.GetInputStream(entry))))];
    }

    private static string Hex(Stream stream)
    {
        using (stream)
        using (var copy = new MemoryStream())
        {
            stream.CopyTo(copy);
            return Convert.ToHexString(copy.ToArray());
        }
    }

    private async Task PythonAsync(byte[] bytes, Dictionary<string, string> expected)
    {
        var archive = Path.Combine(_folder, "saved.zip");
        await File.WriteAllBytesAsync(archive, bytes);
        var start = new ProcessStartInfo(Python!, ["-c", "import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint(sum(not n.endswith('/') for n in z.namelist()))", archive]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var python = Process.Start(start)!;
        var error = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        NotHeldException.Unless(python.ExitCode == 0 && output.Trim() == $"{expected.Count}", $"Python finds faults: {output}{await error}");
    }

    /// <summary>A tree of files, and where parts of its zip are read.</summary>
    internal sealed record Tree((string Name, byte[] Bytes)[] Files, (uint, uint)[] Cuts);
}
