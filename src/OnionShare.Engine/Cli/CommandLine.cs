using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using OnionShare.Engine.Cli.Watching;

namespace OnionShare.Engine.Cli;

public static class CommandLine
{
    /// <summary>Exit code: done, or stopped by request.</summary>
    public const int Done = 0;

    /// <summary>Exit code: failed.</summary>
    public const int Failed = 1;

    /// <summary>Exit code: wrong usage.</summary>
    public const int WrongUsage = 2;

    /// <summary>Runs what the arguments ask for; returns the exit code.</summary>
    public static async Task<int> Main(string[] args)
    {
        // A root command is called as the process: where that is a PowerShell, the help would have people type «pwsh share».
        var name = RootCommand.ExecutableName is "pwsh" ? "engine.ps1" : RootCommand.ExecutableName;
        var root = new Command(name, "Shares files over Tor onion services from this computer.")
        {
            new HelpOption(),
            new VersionOption(),
            ShareCommand.Create(),
            ReceiveCommand.Create(),
            ChatCommand.Create(),
            WebsiteCommand.Create(),
            RemoteCommands.CreateList(),
            RemoteCommands.CreateFetch(),
            RemoteCommands.CreateSend(),
            ServeCommand.Create(),
            WatchCommand.Create(),
            SavedCommands.CreateRestore(),
            SavedCommands.CreateStop(),
        };
        // A file may be named @something: that is its name, no file of further arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var errors = parsed.Errors.Select(error => error.Message).Concat(MistakenForPaths(args, parsed)).ToList();
        if (errors.Count > 0)
        {
            foreach (var error in errors) await Console.Error.WriteLineAsync(RemoteText.Show(error, 1000));
            await Console.Error.WriteLineAsync("See --help.");
            return WrongUsage;
        }

        // The verbs handle signals themselves, and what fails in them is told in their own words.
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }
        catch (ProblemException failure)
        {
            await Console.Error.WriteLineAsync(failure.Problem.ToString());
            return Failed;
        }
    }

    // An option that is not known is taken for a path by the parser: "was not found" would send people looking for a file.
    private static IEnumerable<string> MistakenForPaths(string[] args, ParseResult parsed)
    {
        var beforeDashes = args.TakeWhile(arg => arg != "--").ToHashSet(StringComparer.Ordinal);
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value)
            .Where(value => value is ['-', _, ..] && beforeDashes.Contains(value))
            .Select(value => $"There is no option '{value}'. A path that begins with a dash is written './{value}'.");
    }
}
