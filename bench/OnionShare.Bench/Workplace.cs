using System.Security.Cryptography;

namespace OnionShare.Bench;

/// <summary>A temporary folder for what is shared, and the tree the program was built from.</summary>
internal sealed class Workplace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("onionshare-bench-").FullName;

    public static string RepositoryRoot { get; } = FindRoot();

    public static string Engine => Path.Combine(
        RepositoryRoot, "src", "OnionShare.Engine", "bin", "Release", "net10.0", OperatingSystem.IsWindows() ? "onionshare-engine.exe" : "onionshare-engine");

    /// <summary>The home of an engine: where its state is.</summary>
    public string Home(string name) => Path.Combine(Folder, name);

    /// <summary>A file of random bytes.</summary>
    public string RandomFile(string name, long length)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        var block = new byte[1 << 20];
        for (var left = length; left > 0; left -= block.Length)
        {
            RandomNumberGenerator.Fill(block);
            file.Write(block, 0, (int)Math.Min(left, block.Length));
        }

        return path;
    }

    /// <summary>A folder of equal random files.</summary>
    public string RandomFolder(string name, int files, int length)
    {
        for (var number = 0; number < files; number++) RandomFile($"{name}/{number / 100:000}/{number:000000}.bin", length);
        return Path.Combine(Folder, name);
    }

    /// <summary>A folder of sparse files, which take no room on the disk.</summary>
    public string SparseFolder(string name, int files, long length)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        for (var number = 0; number < files; number++)
        {
            using var file = File.Create(Path.Combine(folder, $"{number:000}.img"));
            file.SetLength(length);
        }

        return folder;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OnionShare.PowerShell.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("Not run from the source tree.");
        return folder.FullName;
    }
}
