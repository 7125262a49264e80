using System.CommandLine;
using System.Text;

namespace OnionShare.Engine.Cli.Watching;

/// <summary><c>watch</c>: a live view of the services of the engine in the background, those that start later too.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var lines = new Option<bool>("--lines") { Description = "Tell what happens in lines, as it does where standard output is no terminal." };
        var command = new Command("watch", "Watch all services, those that start later too.") { lines };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(lines)));
        return command;
    }

    private static async Task<int> RunAsync(bool lines)
    {
        using var signals = new StopSignals();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(signals.FirstSignal);
        var board = new WatchBoard(TimeProvider.System);
        var follower = new WatchFollower(board);
        try
        {
            if (lines || Console.IsOutputRedirected || Console.IsInputRedirected)
            {
                // As it is read on the other side: the module reads UTF-8 on every platform.
                if (Console.IsOutputRedirected) Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
                var told = new WatchLines(board, Console.Out);
                await Task.WhenAll(follower.RunAsync(leaving.Token), told.RunAsync(leaving));
            }
            else
            {
                using var screen = new WatchScreen();
                await Task.WhenAll(follower.RunAsync(leaving.Token), new WatchLoop(board, screen, follower).RunAsync(leaving));
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // That is how it ends.
        }

        return CommandLine.Done;
    }
}
