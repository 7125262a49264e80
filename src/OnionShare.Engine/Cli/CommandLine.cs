using System.CommandLine;
using OnionShare.Contracts;

namespace OnionShare.Engine.Cli;

/// <summary>The program's verbs.</summary>
public static class CommandLine
{
    /// <summary>Exit code: done, or stopped by request.</summary>
    public const int Done = 0;

    /// <summary>Exit code: failed.</summary>
    public const int Failed = 1;

    /// <summary>Exit code: wrong usage.</summary>
    public const int WrongUsage = 2;

    /// <summary>Runs what the arguments ask for; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Shares files over Tor onion services from this computer.")
        {
            ShareCommand.Create(),
            ChatCommand.Create(),
            WebsiteCommand.Create(),
            ServeCommand.Create(),
        };
        // A file may be named @something: that is its name, no file of further arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(RemoteText.Show(error.Message, 1000));
            await Console.Error.WriteLineAsync("See --help.");
            return WrongUsage;
        }

        // The verbs handle signals themselves, and what fails in them is told in their own words.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }
}
