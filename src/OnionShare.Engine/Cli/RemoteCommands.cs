using System.CommandLine;
using OnionShare.Engine.Clients;

namespace OnionShare.Engine.Cli;

/// <summary><c>list</c>, <c>fetch</c> and <c>send</c>: the other end of a service, in this terminal.</summary>
internal static class RemoteCommands
{
    /// <summary>Makes the verb that lists what a service offers.</summary>
    public static Command CreateList()
    {
        var remote = new RemoteOptions();
        var command = new Command("list", "List the files that somebody's onion service offers.");
        remote.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, async (services, _, cancellation) =>
        {
            var listing = await services.ListAsync(remote.Apply(parsed, new RemoteListRequest { Url = "" }), cancellation);
            foreach (var file in listing.Files)
                Console.Out.WriteLine($"{(file.Length is { } length ? ByteSize.Show(length) : "?"),11}  {file.Sha256 ?? new string('-', 64)}  {RemoteText.Show(file.Path, 1000)}");
            if (listing.Kind is RemoteKind.Receive or RemoteKind.Chat) Console.Error.WriteLine($"The service is for {(listing.Kind == RemoteKind.Chat ? "chat" : "sending files to")}.");
        }));
        return command;
    }

    public static Command CreateFetch()
    {
        var folder = new Argument<string>("FOLDER") { Description = "The folder to save to; the current one without it.", DefaultValueFactory = _ => "." };
        var include = new Option<string[]>("--include") { Description = "Only files of such names or paths: *.pdf.", HelpName = "PATTERN" };
        var expand = new Option<bool>("--expand") { Description = "Unpack what comes as a zip, while it arrives." };
        var connections = RemoteOptions.Connections("How many circuits to use, 1 to 16.");
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace files that are there." };
        var keepBoth = new Option<bool>("--keep-both") { Description = "Keep files that are there and number the new ones." };
        var skip = new Option<bool>("--skip") { Description = "Leave out files that are there." };
        var remote = new RemoteOptions();
        var command = new Command("fetch", "Fetch files from somebody's onion service; goes on where an earlier attempt was cut.")
        {
            folder, include, expand, connections, overwrite, keepBoth, skip,
        };
        remote.AddTo(command);
        command.Validators.Add(result =>
        {
            if (new[] { overwrite, keepBoth, skip }.Count(result.GetValue) > 1) result.AddError("--overwrite, --keep-both and --skip exclude each other.");
        });
        command.SetAction((parsed, _) => RunAsync(parsed, (services, report, cancellation) => report.FollowAsync(services.FetchAsync(
            remote.Apply(parsed, new FetchRequest
            {
                Url = "",
                Path = Path.GetFullPath(parsed.GetValue(folder)!),
                Include = parsed.GetValue(include) ?? [],
                Expand = parsed.GetValue(expand),
                Connections = parsed.GetValue(connections),
                Existing = parsed.GetValue(overwrite) ? ExistingFile.Overwrite : parsed.GetValue(keepBoth) ? ExistingFile.KeepBoth : parsed.GetValue(skip) ? ExistingFile.Skip : ExistingFile.Refuse,
            }),
            cancellation))));
        return command;
    }

    public static Command CreateSend()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and folders; a folder goes as a zip of it.", Arity = ArgumentArity.ZeroOrMore };
        var message = new Option<string?>("--message") { Description = "A message to go with them, or alone.", HelpName = "TEXT" };
        var name = new Option<string?>("--name") { Description = "The name the one file is sent under.", HelpName = "NAME" };
        var connections = RemoteOptions.Connections("How many files go at once, 1 to 16.");
        var remote = new RemoteOptions();
        var command = new Command("send", "Send files and a message to somebody's receive service.") { paths, message, name, connections };
        remote.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, (services, report, cancellation) => report.FollowAsync(services.SendAsync(
            remote.Apply(parsed, new SendRequest
            {
                Url = "",
                Paths = [.. (parsed.GetValue(paths) ?? []).Select(Path.GetFullPath)],
                Message = parsed.GetValue(message),
                Name = parsed.GetValue(name),
                Connections = parsed.GetValue(connections),
            }),
            cancellation))));
        return command;
    }

    /// <summary>Is in a chat room: what is said goes to standard output, what is typed line by line to the room.</summary>
    public static Task<int> ChatAsync(ParseResult parsed, RemoteOptions remote) => RunAsync(parsed, async (services, _, cancellation) =>
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task? saying = null;
        try
        {
            await foreach (var happened in services.ChatAsync(remote.Apply(parsed, new ChatVisitRequest { Url = "" }), leaving.Token))
            {
                if (happened.Problem is { } problem) throw new ProblemException(problem);
                var name = RemoteText.Show(happened.Name);
                if (happened.Type == ChatEventType.Said) Console.Out.WriteLine($"{name}: {RemoteText.Show(happened.Text, 100_000)}");
                else Console.Error.WriteLine($"* {happened.Type} {name}".TrimEnd());
                if (happened is { Type: ChatEventType.Entered, Room: { } room }) saying ??= Task.Run(() => SayAsync(services, room, leaving), CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Standard input ended, and all of it is said.
        }
    });

    private static async Task SayAsync(RemoteServices services, string room, CancellationTokenSource leaving)
    {
        while (await Console.In.ReadLineAsync(leaving.Token) is { } line)
        {
            try
            {
                if (line.Length > 0) await services.Room(room).SayAsync(line, leaving.Token);
            }
            catch (ProblemException refused)
            {
                await Console.Error.WriteLineAsync(refused.Problem.ToString());
            }
        }

        await leaving.CancelAsync();
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<RemoteServices, TransferReport, CancellationToken, Task> work)
    {
        using var signals = new StopSignals();
        try
        {
            await using var engine = new Engine(EngineSettings.Read(parsed), TimeProvider.System);
            await work(engine.Remote, new TransferReport(Console.Out, Console.Error), signals.FirstSignal);
            return CommandLine.Done;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped. What has arrived is kept: run the same command again to go on.");
            return CommandLine.Failed;
        }
    }
}
