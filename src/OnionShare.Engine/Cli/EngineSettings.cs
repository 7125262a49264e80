using System.CommandLine;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Cli;

/// <summary>The options about the engine itself that every verb takes.</summary>
internal static class EngineSettings
{
    private static readonly Option<FileInfo?> Tor = new("--tor")
    {
        Description = "The tor program to run; without it PATH and Tor Browser's folders are searched.",
        HelpName = "FILE",
    };

    private static readonly Option<FileInfo?> TorrcInclude = new("--torrc-include")
    {
        Description = "A file of torrc lines of your own (bridges, a private network).",
        HelpName = "FILE",
    };

    private static readonly Option<FileInfo?> Log = new("--log")
    {
        Description = $"Log to this file (or set {LogFile.Variable}); without it nothing is logged.",
        HelpName = "FILE",
    };

    public static void AddTo(Command command)
    {
        command.Add(Tor);
        command.Add(TorrcInclude);
        command.Add(Log);
        command.Validators.Add(result =>
        {
            foreach (var option in new[] { Tor, TorrcInclude })
            {
                if (result.GetValue(option) is { Exists: false } missing)
                    result.AddError($"{option.Name}: there is no file '{RemoteText.Show(missing.FullName)}'.");
            }
        });
    }

    public static EngineOptions Read(ParseResult parsed) => new()
    {
        TorExecutable = parsed.GetValue(Tor)?.FullName ?? Variable("ONIONSHARE_TOR"),
        TorrcInclude = parsed.GetValue(TorrcInclude)?.FullName ?? Variable("ONIONSHARE_TORRC_INCLUDE"),
        LogFile = parsed.GetValue(Log)?.FullName ?? Variable(LogFile.Variable),
    };

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
