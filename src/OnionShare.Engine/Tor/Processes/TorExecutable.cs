using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>A tor program that was found and can be run.</summary>
internal sealed partial record TorExecutable(string Path, Version Version)
{
    /// <summary>The first tor that has all that is needed: version 3 onion services over the control port.</summary>
    public static readonly Version Oldest = new(0, 3, 5, 7);

    private static readonly string[] SessionStarters = ["/usr/bin/setsid", "/bin/setsid"];
    private static readonly TimeSpan VersionLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BusyStep = TimeSpan.FromMilliseconds(20);

    /// <summary>Finds the program to run: the one that was named, or the first of the usual places that is not too old.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorNotFound"/>, with the ways out.</exception>
    public static async Task<TorExecutable> FindAsync(TorPlaces places, CancellationToken cancellationToken)
    {
        if (places.Named is { } named)
        {
            var path = System.IO.Path.GetFullPath(named);
            if (!File.Exists(path))
                throw NotFound($"There is no tor program at {RemoteText.Show(named)}.", named);
            return await ProbeAsync(path, cancellationToken) switch
            {
                null => throw NotFound($"{RemoteText.Show(named)} is not a tor program that can be run.", named),
                { } tor when tor.Version < Oldest => throw TooOld(tor),
                { } tor => tor,
            };
        }

        TorExecutable? old = null;
        foreach (var path in places.Usual.Distinct(StringComparer.Ordinal).Where(File.Exists))
        {
            var tor = await ProbeAsync(path, cancellationToken);
            if (tor?.Version >= Oldest)
                return tor;
            old ??= tor;
        }

        throw old is not null ? TooOld(old) : NotFound("No tor was found on PATH or beside Tor Browser.", null);
    }

    /// <summary>
    /// The start as <see cref="Start"/> gives it, in a session of its own where the system has a program for that: a Ctrl+C in the
    /// terminal is for the engine, which lets transfers finish, and must not end tor before.
    /// </summary>
    public ProcessStartInfo StartApart(params IEnumerable<string> arguments)
    {
        var start = Start(arguments);
        if (OperatingSystem.IsLinux() && SessionStarters.FirstOrDefault(File.Exists) is { } setsid)
        {
            // It becomes tor: the process id stays.
            start.ArgumentList.Insert(0, Path);
            start.FileName = setsid;
        }

        return start;
    }

    /// <summary>The start of this program with the library folder it needs: Tor Browser's brings its libraries along.</summary>
    public ProcessStartInfo Start(params IEnumerable<string> arguments)
    {
        var start = RunProgram.Start(Path, arguments);
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        if (OperatingSystem.IsLinux() && Directory.EnumerateFiles(folder, "libevent-*.so*").Any())
        {
            start.Environment.TryGetValue("LD_LIBRARY_PATH", out var others);
            start.Environment["LD_LIBRARY_PATH"] = string.IsNullOrEmpty(others) ? folder : $"{folder}:{others}";
        }

        return start;
    }

    /// <summary>Reads the version out of what <c>tor --version</c> prints; null when it is none.</summary>
    public static Version? ParseVersion(string text) =>
        VersionLine().Match(text) is { Success: true } match && Version.TryParse(match.Groups[1].Value, out var version) ? version : null;

    private static async Task<TorExecutable?> ProbeAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(VersionLimit);
        try
        {
            var process = await StartAsync(path, limit.Token);
            return ParseVersion((await process.ToEndAsync("", limit.Token)).Output) is { } version ? new TorExecutable(path, version) : null;
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    // A file that was written a moment ago may still be open in a process that was started meanwhile, until that one runs its own program.
    private static async Task<Process> StartAsync(string path, CancellationToken cancellationToken)
    {
        const int textFileBusy = 26; // ETXTBSY
        while (true)
        {
            try
            {
                return Process.Start(new TorExecutable(path, Oldest).Start("--version"))!;
            }
            catch (Win32Exception e) when (e.NativeErrorCode == textFileBusy && !OperatingSystem.IsWindows())
            {
                await Task.Delay(BusyStep, cancellationToken);
            }
        }
    }

    private static ProblemException NotFound(string detail, string? target) => new(
        ProblemCodes.TorNotFound, detail,
        "Fetch it with Install-OnionTor, install it (apt install tor, winget install TorProject.TorBrowser, brew install tor), set the path of a tor program, or use -LocalOnly.",
        target);

    private static ProblemException TooOld(TorExecutable tor) => new(
        ProblemCodes.TorNotFound, $"The tor at {tor.Path} is version {tor.Version}; version {Oldest} or newer is needed.",
        "Update it (apt install tor, winget install TorProject.TorBrowser, brew install tor), set the path of another tor program, or use -LocalOnly.",
        tor.Path);

    [GeneratedRegex(@"^Tor version (\d+\.\d+\.\d+\.\d+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex VersionLine();
}
