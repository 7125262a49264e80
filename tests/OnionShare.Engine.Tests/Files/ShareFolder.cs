using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using OnionShare.Engine.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Files;

/// <summary>A folder of files to share, gone after the test.</summary>
internal sealed class ShareFolder : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("onionshare-test-");

    public ShareFolder(string name = "share")
    {
        Path = Directory.CreateDirectory(Outside(name)).FullName;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>A path beside the folder.</summary>
    public string Outside(string name) => System.IO.Path.Join(_scratch.FullName, name);

    /// <summary>A path in the folder.</summary>
    public string At(string name) => System.IO.Path.Join(Path, name);

    /// <summary>Writes a file; the folders it is in are made.</summary>
    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file; the folders it is in are made.</summary>
    public string Write(string name, byte[] bytes)
    {
        var path = At(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Makes a file of that length without any blocks on disk.</summary>
    public string WriteSparse(string name, long length)
    {
        var path = At(name);
        using var file = File.Create(path);
        file.SetLength(length);
        return path;
    }

    /// <summary>Looks through the folder.</summary>
    public SharedTree Scan() => SharedTree.Scan([Path], Cancel);

    /// <summary>Makes a pipe that nobody writes to.</summary>
    [UnsupportedOSPlatform("windows")]
    public string MakePipe(string name)
    {
        var path = At(name);
        Assert.Equal(0, MakeFifo(path, 0x1FF));
        return path;
    }

    public void Dispose() => _scratch.Delete(recursive: true);

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}
