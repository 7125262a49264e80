using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Diagnosis;

internal static class ExecutableCheck
{
    private const int MostShown = 12;

    /// <summary>Looks for the program as the engine does when it needs tor.</summary>
    public static async Task<(CheckOutcome Outcome, TorExecutable? Executable)> FindAsync(TorPlaces places, CancellationToken cancellationToken)
    {
        try
        {
            var found = await TorExecutable.FindAsync(places, cancellationToken);
            var others = places.Named is null ? places.Usual.Where(File.Exists).DistinctBy(RealPath).Where(path => RealPath(path) != RealPath(found.Path)).ToArray() : [];
            return (CheckOutcome.Passed($"{Where(found.Path, places)}{(others.Length == 0 ? "" : $" There is also: {List(others)}.")}"), found);
        }
        catch (ProblemException failure) when (failure.Problem.Code == ProblemCodes.TorNotFound)
        {
            var looked = places.Named is null ? $" Looked for: {List([.. places.Usual.Distinct()])}." : "";
            return (CheckOutcome.Failed(failure.Problem.Detail + looked, failure.Problem.Advice), null);
        }
    }

    /// <summary>What there is to say when a tor is there already.</summary>
    public static CheckOutcome Running(TorSession session) => session.ProcessId is { } process
        ? CheckOutcome.Passed($"The engine runs {RemoteText.Show(session.Source, 400)}, process {process}.")
        : CheckOutcome.Skipped($"The engine runs no tor program itself: it uses the tor at {RemoteText.Show(session.Source, 400)}.");

    private static string Where(string path, TorPlaces places) => places.Named is null
        ? $"{RemoteText.Show(path, 400)} is the first tor on PATH and in the usual places."
        : $"{RemoteText.Show(path, 400)} is the tor that the settings name.";

    // /bin is often another name of /usr/bin.
    private static string RealPath(string path)
    {
        var file = new FileInfo(path);
        return Path.Combine(file.Directory!.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.DirectoryName!, file.Name);
    }

    private static string List(IReadOnlyList<string> paths) =>
        string.Join(", ", paths.Take(MostShown).Select(path => RemoteText.Show(path))) + (paths.Count > MostShown ? $" and {paths.Count - MostShown} more" : "");
}
