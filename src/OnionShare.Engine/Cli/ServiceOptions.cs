using System.CommandLine;
using System.Globalization;

namespace OnionShare.Engine.Cli;

internal sealed class ServiceOptions
{
    private readonly Option<bool> _localOnly = new("--local-only") { Description = "No tor: answer on 127.0.0.1 only." };
    private readonly Option<bool> _public = new("--public") { Description = "Ask visitors for no password." };

    private readonly Option<FileInfo?> _passwordFile = new("--password-file")
    {
        Description = "Take the visitors' password from the first line of this file.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _title = new("--title") { Description = "The title of the pages.", HelpName = "TEXT" };

    private readonly Option<string?> _language = new("--language")
    {
        Description = $"The language of the pages, instead of that of each visitor's browser: {string.Join(", ", PageLanguage.All.Select(language => language.Code))}.",
        HelpName = "TAG",
    };

    private readonly Option<TimeSpan?> _stopAfter = new("--stop-after")
    {
        Description = "Stop after this time: 90s, 30m, 2h, 7d. Transfers under way finish.",
        HelpName = "TIME",
        CustomParser = DurationArgument.Parse,
    };

    private readonly Option<int> _guessLimit = new("--guess-limit")
    {
        Description = "Stop after this many different wrong passwords; 0 = never.",
        HelpName = "N",
        DefaultValueFactory = _ => 20,
    };

    private readonly Option<bool> _qr = new("--qr") { Description = "Draw the URL as a QR code (on standard error)." };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _localOnly, _public, _passwordFile, _title, _language, _stopAfter, _guessLimit, _qr }) command.Add(option);
        EngineSettings.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_public) && result.GetValue(_passwordFile) is not null)
                result.AddError("--public and --password-file exclude each other.");
        });
        _language.CompletionSources.Add([.. PageLanguage.All.Select(language => language.Code)]);
        _guessLimit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var limit) && limit < 0)
                result.AddError("--guess-limit takes 0 or more.");
        });
    }

    public bool WantsQr(ParseResult parsed) => parsed.GetValue(_qr);

    /// <exception cref="ProblemException">The password file can't be used.</exception>
    public TRequest Apply<TRequest>(ParseResult parsed, TRequest request)
        where TRequest : ServiceRequest => request with
        {
            LocalOnly = parsed.GetValue(_localOnly),
            Public = parsed.GetValue(_public),
            Password = ReadPassword(parsed.GetValue(_passwordFile)),
            Title = parsed.GetValue(_title),
            Language = parsed.GetValue(_language),
            StopAfter = parsed.GetValue(_stopAfter),
            GuessLimit = parsed.GetValue(_guessLimit),
            Owner = null,
        };

    private static string? ReadPassword(FileInfo? file)
    {
        if (file is null) return null;
        try
        {
            using var reader = file.OpenText();
            return reader.ReadLine() is { Length: > 0 } line
                ? line
                : throw new ProblemException(
                    ProblemCodes.InvalidRequest, $"The password file '{file.Name}' is empty.", "Write the password into its first line.",
                    file.FullName);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.PathNotReadable, $"The password file can't be read: {failure.Message}", "Check its path.", file.FullName,
                cause: failure);
        }
    }
}
