using System.CommandLine;

namespace OnionShare.Engine.Cli;

/// <summary><c>share PATH…</c>: offers files and folders until they have been downloaded or somebody stops it.</summary>
internal static class ShareCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and folders to share.", Arity = ArgumentArity.OneOrMore };
        var keepSharing = new Option<bool>("--keep-sharing")
        {
            Description = "Go on after a complete download, and let visitors browse folders and fetch single files.",
        };
        var compress = new Option<bool>("--compress")
        {
            Description = "Offer a compressed zip: smaller, but of unknown length and not resumable.",
        };
        paths.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0)) result.AddError("A PATH is empty.");
        });
        var common = new ServiceOptions();
        var command = new Command("share", "Share files and folders.") { paths, keepSharing, compress };
        common.AddTo(command);
        command.SetAction((parsed, _) => ForegroundService.RunAsync(
            EngineSettings.Read(parsed),
            () => common.Apply(parsed, new ShareRequest
            {
                Paths = [.. parsed.GetValue(paths)!.Select(Path.GetFullPath)],
                KeepSharing = parsed.GetValue(keepSharing),
                Compress = parsed.GetValue(compress),
            }),
            common.WantsQr(parsed)));
        return command;
    }
}
