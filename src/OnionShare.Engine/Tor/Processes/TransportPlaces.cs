using OnionShare.Engine.Tor.Bridges;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>Where the programs of pluggable transports may be.</summary>
/// <param name="Named">Those the user named, looked at first.</param>
/// <param name="Folders">Folders that may hold some, in the order they are looked through. They need not exist.</param>
internal sealed record TransportPlaces(IReadOnlyList<string> Named, IReadOnlyList<string> Folders)
{
    // Tor Browser's name for it, and that of the bundle without the browser.
    private static readonly string[] Bundled = ["PluggableTransports", "pluggable_transports"];

    /// <summary>The places of this machine: beside the tor, those of Tor Browser, the folders of PATH, those of package managers.</summary>
    /// <param name="named">Programs the user named.</param>
    /// <param name="tor">The tor that is to use them; null when it is not known.</param>
    /// <param name="stateFolder">The state folder, in which a tor may have been installed that brought some along; null for the user's.</param>
    public static TransportPlaces OfThisMachine(IReadOnlyList<string> named, string? tor, string? stateFolder = null)
    {
        var usual = TorPlaces.OfThisMachine(null, stateFolder ?? StatePaths.StateFolder()).Usual.Select(Path.GetDirectoryName).OfType<string>().ToArray();
        string[] beside = tor is null ? [] : [Path.GetDirectoryName(Path.GetFullPath(tor))!];
        return new TransportPlaces(
            named, [.. beside.SelectMany(WithBundled).Concat(usual.SelectMany(WithBundled).Except(usual)).Concat(usual).Distinct(StringComparer.Ordinal)]);
    }

    /// <returns>Its full path.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TransportNotFound"/>: which program is missing, and how to get it.</exception>
    public string Find(string transport)
    {
        var programs = TransportProgram.Known.Where(program => program.Transports.Contains(transport)).ToArray();
        var file = Named.FirstOrDefault(path => programs.Contains(TransportProgram.Of(path)) && CanBeRun(path))
            ?? Folders.SelectMany(_ => programs, (folder, program) => Path.Combine(folder, FileName(program))).FirstOrDefault(CanBeRun);
        return file ?? throw NotFound(transport, programs);
    }

    private static IEnumerable<string> WithBundled(string folder) => Bundled.Select(name => Path.Combine(folder, name)).Append(folder);

    private static string FileName(TransportProgram program) => OperatingSystem.IsWindows() ? program.Name + ".exe" : program.Name;

    private static bool CanBeRun(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private static ProblemException NotFound(string transport, IReadOnlyList<TransportProgram> programs)
    {
        if (programs.Count == 0)
        {
            return new ProblemException(
                ProblemCodes.TransportNotFound, $"No program is known here for the transport '{RemoteText.Show(transport)}' of a bridge line.",
                $"Name it in a torrc line of the settings: ClientTransportPlugin {RemoteText.Show(transport)} exec /path/to/program.", transport);
        }

        var names = string.Join(" or ", programs.Select(program => program.Name));
        var ways = programs.Select(program => program.Install).OfType<string>()
            .Append("Tor Browser brings lyrebird: winget install TorProject.TorBrowser, brew install --cask tor-browser");
        return new ProblemException(
            ProblemCodes.TransportNotFound,
            $"Bridges of the transport {transport} need the program {names}, which was found neither beside tor nor in Tor Browser nor on PATH.",
            $"Install it ({string.Join("; ", ways)}), or set the path of one that is somewhere else.", transport);
    }
}
