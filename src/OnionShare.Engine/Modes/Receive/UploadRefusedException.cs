using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>A submission, or a part of it, that is not taken: the status, and what the visitor is told.</summary>
public sealed class UploadRefusedException(int status, Phrase what, Phrase advice) : Exception($"{what} {advice}")
{
    /// <summary>One that only programs meet, which speak English.</summary>
    internal UploadRefusedException(int status, string what, string advice)
        : this(status, Phrase.English(what), Phrase.English(advice))
    {
    }

    public int Status { get; } = status;
    public Phrase What { get; } = what;
    public Phrase Advice { get; } = advice;

    /// <summary>What the visitor is told, in a language.</summary>
    public string In(Language language) => $"{language.Say(What)} {language.Say(Advice)}";

    internal static UploadRefusedException FileTooLarge(long limit) =>
        Make(StatusCodes.Status413PayloadTooLarge, "refused.file-too-large", ("size", new Bytes(limit)));

    internal static UploadRefusedException SubmissionTooLarge(long limit) =>
        Make(StatusCodes.Status413PayloadTooLarge, "refused.submission-too-large", ("size", new Bytes(limit)));

    internal static UploadRefusedException TooManyFiles(int limit) =>
        Make(StatusCodes.Status413PayloadTooLarge, "refused.too-many-files", ("count", limit));

    internal static UploadRefusedException TextTooLong() =>
        Make(StatusCodes.Status413PayloadTooLarge, "refused.text-too-long", ("count", MessageText.MostCharacters));

    internal static UploadRefusedException NoRoom() => Make(StatusCodes.Status507InsufficientStorage, "refused.no-room");

    internal static UploadRefusedException Busy() => Make(StatusCodes.Status503ServiceUnavailable, "refused.busy");

    internal static UploadRefusedException Closing() => Make(StatusCodes.Status503ServiceUnavailable, "refused.closing");

    internal static UploadRefusedException NoKey() => Make(StatusCodes.Status403Forbidden, "refused.no-key");

    internal static UploadRefusedException NoFiles() => Make(StatusCodes.Status403Forbidden, "refused.no-files");

    internal static UploadRefusedException NoText() => Make(StatusCodes.Status403Forbidden, "refused.no-text");

    internal static UploadRefusedException Nothing() => Make(StatusCodes.Status400BadRequest, "refused.nothing");

    /// <summary>A form that can't be read.</summary>
    /// <param name="key">The key of the text that says why.</param>
    internal static UploadRefusedException Malformed(string key) =>
        new(StatusCodes.Status400BadRequest, new Phrase(key), new Phrase("refused.malformed"));

    /// <summary>A request that breaks the protocol of uploads: only a program's author is to read it.</summary>
    internal static UploadRefusedException Protocol(string what) =>
        new(StatusCodes.Status400BadRequest, Phrase.English(what), new Phrase("refused.malformed"));

    internal static UploadRefusedException DiskFailed() => Make(StatusCodes.Status500InternalServerError, "refused.disk-failed");

    private static UploadRefusedException Make(int status, string key, params IReadOnlyList<(string Name, object Value)> values) =>
        new(status, new Phrase($"{key}.what", values), new Phrase($"{key}.advice", values));
}
