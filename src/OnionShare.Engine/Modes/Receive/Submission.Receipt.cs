using System.Security.Cryptography;
using OnionShare.Contracts;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>What its sender is told of a submission, and, where receipts are given, the SHA-256 of what arrived, which is kept beside it.</summary>
internal sealed partial class Submission
{
    public Receipt Receipt
    {
        get
        {
            lock (_lock)
            {
                return new Receipt([.. _files.Where(file => !file.IsMessage).Select(file => file.Shown)], _files.Any(file => file.IsMessage), _tally.Size)
                {
                    Saved = [.. _files.Where(file => !file.IsMessage).Select(file => file.Final)],
                    Lines = _parts.Request.Receipt ? [.. _files.Select(file => new ReceiptLine(file.Shown, file.IsMessage, file.Length ?? file.Taken, file.Sha256))] : null,
                };
            }
        }
    }

    // What did not come in order is read once more: from the disk, and so not where that has only what is encrypted, which always comes in order.
    private async Task FindDigestsAsync()
    {
        foreach (var file in Files.Where(file => file is { Sha256: null, Seal: null })) file.Sha256 = await _parts.Disk.ReadAsync(() => DigestOf(Folder!.PathOf(file.Final)));
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

    /// <summary>Writes the checksums beside the files, encrypted as they are: with the SHA-256 of a file anybody could tell whether it is one they know.</summary>
    /// <returns>Where; null when they could not be encrypted any more.</returns>
    private async Task<string?> WriteChecksumsAsync(IReadOnlyList<ReceiptLine> lines)
    {
        var names = _parts.Recipients is null ? _checksums : _names.Reserve(_parts.Inbox.NextSealedName());
        var file = new SubmittedFile(names, isMessage: false, length: null, least: 0) { Shown = ChecksumFile.Name };
        try
        {
            await using var incoming = OpenPartial(file, 0);
            for (ReadOnlyMemory<byte> left = ChecksumFile.Of(lines); !left.IsEmpty;)
            {
                var count = Math.Min(left.Length, incoming.Free.Length);
                left[..count].CopyTo(incoming.Free);
                await incoming.AdvanceAsync(count);
                left = left[count..];
            }

            await CompleteAsync(file, incoming, renamed: () => { });
            return Folder!.PathOf(file.Final);
        }
        catch (UploadRefusedException)
        {
            _parts.Service.Warn($"The SHA-256 of what arrived in '{RemoteText.Show(Folder!.FullPath)}' can't be kept: a key it would be encrypted to has expired.");
            return null;
        }
    }
}
