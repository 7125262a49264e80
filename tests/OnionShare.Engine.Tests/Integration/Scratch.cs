using OnionShare.Contracts;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>A folder with all the places an engine may write to: home, state and temp; gone after the test.</summary>
internal sealed class Scratch : IDisposable
{
    public Scratch()
    {
        Path = Directory.CreateTempSubdirectory("osb-").FullName;
        foreach (var folder in new[] { Home, Temp, Files }) Directory.CreateDirectory(folder);
    }

    public string Path { get; }

    public string Home => At("home");

    public string State => At("state");

    public string Temp => At("tmp");

    /// <summary>A folder for what is shared.</summary>
    public string Files => At("files");

    public string Socket => OperatingSystem.IsWindows() ? StatePaths.Pipe(State) : At("state/run/engine.sock");

    /// <summary>The variables of an engine: those that users' engines are run with, and its places.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(EngineLaunch.Own().Environment)
    {
        ["HOME"] = Home,
        ["ONIONSHARE_HOME"] = State,
        ["TMPDIR"] = Temp,
        ["XDG_RUNTIME_DIR"] = "",
        ["XDG_DATA_HOME"] = "",
    };

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A file to be shared, of that many random bytes.</summary>
    public string File(string name, int length) => File(name, Bytes(length));

    public string File(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Files, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    /// <summary>All files and folders that an engine left in its places.</summary>
    public IReadOnlyList<string> Traces => [.. new[] { Home, State, Temp }.Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        .Select(path => System.IO.Path.GetRelativePath(Path, path)).Order()];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
