using OnionShare.Contracts;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>A submission, or a part of it, that is not taken: the status, and what the visitor is told.</summary>
public sealed class UploadRefusedException(int status, string what, string advice) : Exception($"{what} {advice}")
{
    public int Status { get; } = status;
    public string What { get; } = what;
    public string Advice { get; } = advice;

    internal static UploadRefusedException FileTooLarge(long limit) => new(
        StatusCodes.Status413PayloadTooLarge,
        $"A file may have {ByteSize.Show(limit)} at most here.",
        "Send a smaller file, or ask who runs the service to allow more.");

    internal static UploadRefusedException SubmissionTooLarge(long limit) => new(
        StatusCodes.Status413PayloadTooLarge,
        $"What is sent at once may have {ByteSize.Show(limit)} at most here.",
        "Send less at once, or ask who runs the service to allow more.");

    internal static UploadRefusedException TooManyFiles(int limit) => new(
        StatusCodes.Status413PayloadTooLarge,
        limit == 1 ? "One file at once is taken here." : $"{limit:N0} files at once are taken here at most.",
        "Send the others after these, or put them into one archive (zip) first.");

    internal static UploadRefusedException TextTooLong() => new(
        StatusCodes.Status413PayloadTooLarge,
        $"A message may have {MessageText.MostCharacters:N0} characters at most.",
        "Shorten it, or send it as a file.");

    internal static UploadRefusedException NoRoom() => new(
        StatusCodes.Status507InsufficientStorage,
        "There is no room left for what you send.",
        "Tell who runs the service, and try again later.");

    internal static UploadRefusedException Busy() => new(
        StatusCodes.Status503ServiceUnavailable,
        "As many people as the service can take are sending right now.",
        "Wait a little, then try again.");

    internal static UploadRefusedException Closing() => new(
        StatusCodes.Status503ServiceUnavailable,
        "The service is about to stop and takes nothing new.",
        "Ask who runs the service when it will be there again.");

    internal static UploadRefusedException NoFiles() => new(
        StatusCodes.Status403Forbidden,
        "This service takes messages only, no files.",
        "Write a message instead.");

    internal static UploadRefusedException NoText() => new(
        StatusCodes.Status403Forbidden,
        "This service takes files only, no messages.",
        "Send a file instead.");

    internal static UploadRefusedException Nothing() => new(
        StatusCodes.Status400BadRequest,
        "Nothing was submitted.",
        "Choose a file or write a message, then send it.");

    internal static UploadRefusedException Malformed(string what) => new(
        StatusCodes.Status400BadRequest,
        what,
        "Go back to the service's page and send it from there.");

    internal static UploadRefusedException DiskFailed() => new(
        StatusCodes.Status500InternalServerError,
        "The service could not save what you sent.",
        "Try again. If it fails again, tell who runs the service.");
}
