using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// The SHA-256 of what arrived, which its sender is told and which is kept beside it in a file that <c>sha256sum --check</c> reads (GNU coreutils).
/// </summary>
internal sealed class SubmissionChecksums(ReceiveParts parts, SubmissionNames names)
{
    private const string FileName = "SHA256SUMS";

    private readonly (string Final, string Partial) _name = names.Reserve(FileName);

    /// <summary>
    /// Finds the SHA-256 of files that did not come in order: reads them once more from the disk, and so not where that has only what is encrypted, which
    /// always comes in order.
    /// </summary>
    public async Task FindAsync(IEnumerable<SubmittedFile> files, SubmissionFolder folder)
    {
        foreach (var file in files.Where(file => file is { Sha256: null, Seal: null })) file.Sha256 = await parts.Disk.ReadAsync(() => DigestOf(folder.PathOf(file.Final)));
    }

    /// <summary>Writes the checksums beside the files, encrypted as they are: with the SHA-256 of a file anybody could tell whether it is one they know.</summary>
    /// <returns>Where; null when they could not be encrypted any more.</returns>
    public async Task<string?> WriteAsync(Submission submission, IReadOnlyList<ReceiptLine> lines)
    {
        var file = new SubmittedFile(parts.Recipients is null ? _name : names.Reserve(parts.Inbox.NextSealedName()), isMessage: false, length: null, least: 0) { Shown = FileName };
        try
        {
            await using var incoming = submission.OpenPartial(file, 0);
            for (ReadOnlyMemory<byte> left = Text(lines); !left.IsEmpty;)
            {
                var count = Math.Min(left.Length, incoming.Free.Length);
                left[..count].CopyTo(incoming.Free);
                await incoming.AdvanceAsync(count);
                left = left[count..];
            }

            await submission.CompleteAsync(file, incoming, renamed: () => { });
            return submission.Folder!.PathOf(file.Final);
        }
        catch (UploadRefusedException)
        {
            parts.Service.Warn($"The SHA-256 of what arrived in '{RemoteText.Show(submission.Folder!.FullPath)}' can't be kept: a key it would be encrypted to has expired.");
            return null;
        }
    }

    private static byte[]? DigestOf(string path)
    {
        try
        {
            using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            return SHA256.HashData(content);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // the owner has taken it away already
        }
    }

    // 64 hexadecimal digits, two spaces, name: a line each. Names here hold nothing that would need an escape.
    private static byte[] Text(IEnumerable<ReceiptLine> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines.Where(line => line.Sha256 is not null)) text.Append(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(line.Sha256!)}  {line.Name}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
