using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OnionShare.TorNetwork;

/// <summary>The console: starts a private network, says on standard output how to use it, and runs until it is told to stop.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments)
    {
        var clients = new Option<int>("--client")
        {
            Description = "Also start this many clients for visitors (1 without a number) and print the address of each one's SOCKS port.",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "count",
            CustomParser = result => result.Tokens.Count == 0 ? 1 : int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var n) && n is >= 0 and <= 50
                ? n
                : Refuse(result, "--client takes a number from 0 to 50."),
        };
        var seconds = new Option<int>("--seconds")
        {
            Description = "Stop after this time, counted from when all is ready. Without it: until Ctrl+C or SIGTERM.",
            HelpName = "seconds",
            CustomParser = result => int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 1_000_000
                ? n
                : Refuse(result, "--seconds takes a number from 1 to 1000000."),
        };
        var exit = new Option<bool>("--exit-to-loopback") { Description = "The network can also be left, to loopback addresses only (for webhooks)." };
        var bridge = new Option<bool>("--bridge")
        {
            Description = "Also start a bridge and print the path of the fragment for clients that use bridges, then its bridge lines: obfs4 (needs obfs4proxy), and plain.",
        };
        var root = new RootCommand(
            "A private Tor network on loopback. Prints the path of a torrc fragment to %include, then one line for each client. Progress goes to standard error.")
        {
            clients, seconds, exit, bridge,
        };
        root.SetAction((parsed, _) => RunAsync(parsed.GetValue(clients), parsed.GetValue(seconds), parsed.GetValue(exit), parsed.GetValue(bridge)));
        // Signals are taken below, also while starting; cleaning up must not be cut short.
        return root.Parse(arguments).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static async Task<int> RunAsync(int clients, int seconds, bool exitToLoopback, bool withBridge)
    {
        using var stop = new CancellationTokenSource();
        var registrations = new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                stop.Cancel();
            }))
            .ToArray();
        try
        {
            await using var network = await PrivateTorNetwork.StartAsync(
                new PrivateTorNetworkOptions { ExitToLoopback = exitToLoopback, Progress = new StandardError() }, stop.Token);
            var visitors = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => network.StartClientAsync(null, stop.Token)));
            var bridge = withBridge ? await network.StartBridgeAsync(null, stop.Token) : null;
            Console.Out.WriteLine(network.Include);
            foreach (var visitor in visitors) Console.Out.WriteLine($"socks5://{visitor.SocksEndpoint}");
            if (bridge is not null)
            {
                Console.Out.WriteLine(network.BridgeInclude);
                foreach (var line in new[] { bridge.Obfs4Line, bridge.Line }.OfType<string>()) Console.Out.WriteLine(line);
            }

            await Console.Out.FlushAsync();
            await Task.Delay(seconds > 0 ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan, stop.Token);
            return 0;
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is (OperationCanceledException or TorNetworkException))
        {
            // Told to stop. Ctrl+C reaches the tors too, so that their end may be seen before our own.
            return 0;
        }
        catch (TorNetworkException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        finally
        {
            foreach (var registration in registrations) registration.Dispose();
        }
    }

    private static int Refuse(System.CommandLine.Parsing.ArgumentResult result, string why)
    {
        result.AddError(why);
        return 0;
    }

    // Progress<T> reports on the thread pool, out of order.
    private sealed class StandardError : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
