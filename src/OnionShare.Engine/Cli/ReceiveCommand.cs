using System.CommandLine;
using System.CommandLine.Parsing;

namespace OnionShare.Engine.Cli;

/// <summary><c>receive</c>: takes files and messages in until somebody stops it.</summary>
internal static class ReceiveCommand
{
    public static Command Create()
    {
        var path = new Option<string>("--path")
        {
            Description = "The folder to save to; each submission gets a folder of its own in it.",
            HelpName = "FOLDER",
            DefaultValueFactory = _ => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "OnionShare"),
        };
        var noFiles = new Option<bool>("--no-files") { Description = "Take messages only." };
        var noText = new Option<bool>("--no-text") { Description = "Take files only." };
        var maxFile = Size("--max-file-size", "The largest file taken: 500MB, 2GiB.");
        var maxSubmission = Size("--max-submission-size", "The most that may be sent at once.");
        var maxFiles = new Option<int>("--max-files")
        {
            Description = "How many files may be sent at once (1,000).",
            HelpName = "N",
            DefaultValueFactory = _ => ReceiveRequest.DefaultMaxFiles,
        };
        var maxTotal = Size("--max-total-size", "The most that is taken from everybody together.");
        var minFree = Size("--min-free-space", "Space to leave free on the disk (1GiB).");
        var maxConcurrent = new Option<int?>("--max-concurrent") { Description = "How many may send at the same time.", HelpName = "N" };
        var discardPartial = new Option<bool>("--discard-partial") { Description = "Delete what a broken upload left, rather than keep it as .part." };
        var webhook = new Option<string?>("--webhook-url") { Description = "An address that is told, through tor, of each submission.", HelpName = "URL" };
        var encryptTo = new Option<string[]>("--encrypt-to")
        {
            Description = "Files with OpenPGP public keys: all that comes in is encrypted to them before it is written.",
            HelpName = "KEYFILE",
            AllowMultipleArgumentsPerToken = true,
        };
        var receipt = new Option<bool>("--receipt") { Description = "Tell senders the SHA-256 of what arrived, and keep it beside the files." };
        var common = new ServiceOptions();
        var command = new Command("receive", "Take files and messages in.")
        {
            path, noFiles, noText, maxFile, maxSubmission, maxFiles, maxTotal, minFree, maxConcurrent, discardPartial, encryptTo, receipt, webhook,
        };
        common.AddTo(command);
        command.SetAction((parsed, _) => ForegroundService.RunAsync(
            EngineSettings.Read(parsed),
            () => common.Apply(parsed, new ReceiveRequest
            {
                Path = Path.GetFullPath(parsed.GetValue(path)!),
                NoFiles = parsed.GetValue(noFiles),
                NoText = parsed.GetValue(noText),
                MaxFileSize = parsed.GetValue(maxFile),
                MaxSubmissionSize = parsed.GetValue(maxSubmission),
                MaxFiles = parsed.GetValue(maxFiles),
                MaxTotalSize = parsed.GetValue(maxTotal),
                MinFreeSpace = parsed.GetValue(minFree) ?? ReceiveRequest.DefaultMinFreeSpace,
                MaxConcurrent = parsed.GetValue(maxConcurrent),
                DiscardPartial = parsed.GetValue(discardPartial),
                EncryptTo = parsed.GetValue(encryptTo) is { Length: > 0 } keys ? [.. keys.Select(Path.GetFullPath)] : null,
                Receipt = parsed.GetValue(receipt),
                WebhookUrl = parsed.GetValue(webhook),
            }),
            common.WantsQr(parsed)));
        return command;
    }

    private static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = Parse,
    };

    private static long? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (ByteSize.TryParse(text, out var bytes)) return bytes;
        result.AddError($"'{text}' is no size. Write 500MB, 2GiB or a number of bytes.");
        return null;
    }
}
