using System.ComponentModel;
using System.Diagnostics;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor.Settings;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>Lets a tor look its configuration through before it is saved: it knows best what it takes.</summary>
internal static class TorrcCheck
{
    private const string Verdict = "Failed to parse/validate config: ";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    // What it says of the network and the user at each start, and what only points to the lines before.
    private static readonly string[] Noise =
        ["You are running Tor as root", "Reading config failed", "TestingTorNetwork is set", "You have used DirAuthority"];

    /// <summary>Lets the tor that the engine would run look its settings through, where there is one.</summary>
    /// <exception cref="ProblemException">As the other; or <see cref="ProblemCodes.TorNotFound"/>: the program the settings name is no tor.</exception>
    public static async Task VerifyAsync(TorOptions options, TorSettings settings, CancellationToken cancellationToken)
    {
        if (!settings.RunsTor())
            return;
        var isNamed = settings is { Connection: not TorConnectionType.TorSharp, Executable: not null } && options.ExecutablePath is null;
        TorExecutable executable;
        try
        {
            executable = await TorSources.Launcher(options, settings).FindAsync(cancellationToken);
        }
        catch (ProblemException missing) when (missing.Problem.Code == ProblemCodes.TorNotFound && !isNamed)
        {
            // It may be installed later; that it is missing is told when it is needed.
            return;
        }

        // A file with lines that is gone is told when tor is started.
        var include = File.Exists(options.TorrcInclude) ? options.TorrcInclude : null;
        await VerifyAsync(executable, settings, include, options.StateFolder, cancellationToken);
    }

    /// <summary>
    /// Runs <c>tor --verify-config</c> with what it would be started with. It opens no connection, starts no transport, and leaves nothing behind. (Only a
    /// host name in a line of the user's own would be looked up, as at each start.)
    /// </summary>
    /// <param name="executable">The tor.</param>
    /// <param name="settings">Settings that have passed <see cref="TorSettingsCheck"/>.</param>
    /// <param name="include">The file with torrc lines that is in use; null for none.</param>
    /// <param name="stateFolder">The state folder, to work in.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException">
    /// <see cref="ProblemCodes.TorSettings"/> with tor's complaint, <see cref="ProblemCodes.TransportNotFound"/>, <see cref="ProblemCodes.TorNotStarted"/>.
    /// </exception>
    public static async Task VerifyAsync(TorExecutable executable, TorSettings settings, string? include, string stateFolder, CancellationToken cancellationToken)
    {
        // A folder of its own: tor writes the file of its control port even now.
        var folder = Path.Combine(Path.GetFullPath(stateFolder), "torrc-" + Guid.NewGuid().ToString("N"));
        PrivateFolder.Ensure(folder);
        try
        {
            var torrc = Torrc.Compose(folder, include, TorrcNetwork.Of(settings, executable, lookUp: false).Lines, Environment.ProcessId);
            var (code, output) = await RunAsync(executable, Path.Combine(folder, "no-defaults"), torrc, cancellationToken);
            if (code == 0)
                return;
            throw new ProblemException(
                ProblemCodes.TorSettings, $"tor does not take these settings: {Complaint(output)}",
                include is null
                    ? "Correct or leave out what it names. Nothing was changed."
                    : $"Correct or leave out what it names; it may be in {include}. Nothing was changed.",
                "torrc");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Why tor refuses a configuration, out of what it printed.</summary>
    public static string Complaint(string output)
    {
        var complaints = output.Split('\n')
            .Where(line => line.Contains("[warn] ", StringComparison.Ordinal) || line.Contains("[err] ", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf("] ", StringComparison.Ordinal) + 2)..].Trim())
            .Where(line => !Noise.Any(noise => line.StartsWith(noise, StringComparison.Ordinal)))
            .Select(line => line.Replace(Verdict, "", StringComparison.Ordinal).Replace("See logs for details.", "", StringComparison.Ordinal).Trim())
            .Distinct(StringComparer.Ordinal).ToArray();
        return RemoteText.Show(complaints.Length > 0 ? string.Join(" ", complaints) : output.Trim(), 600);
    }

    private static async Task<(int Code, string Output)> RunAsync(TorExecutable executable, string noDefaults, string torrc, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            // By standard input: a password in it is then in no file and no argument.
            var start = executable.Start("--defaults-torrc", noDefaults, "--ignore-missing-torrc", "-f", "-", "--verify-config");
            var (code, output, errors) = await Process.Start(start)!.ToEndAsync(torrc, limit.Token);
            return (code, output + errors);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TorTrouble.NotStarted($"{executable.Path} did not say within {Limit.TotalSeconds:0} s whether it takes the settings.", executable.Path);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw TorTrouble.NotStarted($"{executable.Path} could not be run to check the settings: {e.Message}", executable.Path, cause: e);
        }
    }
}
