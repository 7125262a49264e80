namespace OnionShare.Engine.Tor.Bridges;

/// <summary>
/// A stand-in in tor's data folder for a program whose path tor can't take: it splits the line at spaces, with no way to quote
/// (tor manual, ClientTransportPlugin), and on Windows reads the path in the system's old code page.
/// </summary>
/// <param name="Name">Its path below the folder, in which tor is then started.</param>
/// <param name="Program">The full path of the program.</param>
internal sealed record TransportLink(string Name, string Program)
{
    public static bool IsNeeded(string path) => path.Any(OperatingSystem.IsWindows() ? c => c is <= ' ' or > '~' : c => c is ' ' or (>= '\t' and <= '\r'));

    public static TransportLink For(string path)
    {
        var name = TransportProgram.Of(path)!.Name;
        return new TransportLink(Path.Combine("transports", OperatingSystem.IsWindows() ? name + ".exe" : name), path);
    }

    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorNotStarted"/>.</exception>
    public void MakeIn(string folder)
    {
        var link = Path.Combine(folder, Name);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            if (OperatingSystem.IsWindows())
            {
                Copy(link);
                return;
            }

            File.Delete(link);
            File.CreateSymbolicLink(link, Program);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.TorNotStarted,
                $"tor can't take the path {RemoteText.Show(Program)} of a transport's program as it is, and {link} could not be put in its place: {e.Message}",
                "Copy the program to a path of plain letters without spaces, and set that path.", Program, cause: e);
        }
    }

    // Links are for administrators there. A copy of a run before may still be running, and is then the same.
    private void Copy(string link)
    {
        var (source, copy) = (new FileInfo(Program), new FileInfo(link));
        if (!copy.Exists || copy.Length != source.Length || copy.LastWriteTimeUtc != source.LastWriteTimeUtc)
            source.CopyTo(link, overwrite: true);
    }
}
