namespace OnionShare.Engine.Modes.Receive;

/// <summary>The bytes of one submission, held against what may come in: of a file, of the submission, and of the whole service. Under the submission's lock.</summary>
internal sealed class SubmissionTally(ReceiveRequest request, ReceiveQuota quota)
{
    /// <summary>What it has in all, in bytes; files whose length was said count with all of it.</summary>
    public long Size { get; private set; }

    /// <summary>What came since it was last listed, in bytes.</summary>
    public long Received { get; private set; }

    public void CheckFile(bool isMessage, long length)
    {
        if (!isMessage && length > request.MaxFileSize) throw UploadRefusedException.FileTooLarge(request.MaxFileSize.Value);
    }

    /// <param name="length">How long it will be, in bytes; null when that is not known.</param>
    /// <param name="least">How many bytes it counts at least.</param>
    public void Add(long? length, long least)
    {
        CheckSize(length ?? 0);
        if (length is { } bytes) quota.Expect(bytes);
        quota.Take(least);
        Size += length ?? 0;
    }

    public void Restore(IEnumerable<SubmittedFile> files) => Size = files.Sum(file => file.Length ?? 0);

    public void Take(SubmittedFile file, int count)
    {
        var isMore = file.Length is null;
        if (isMore) CheckSize(count);
        if (file.Taken + count - file.Charged is > 0 and var due)
        {
            quota.Take(due);
            file.Charged += due;
        }

        file.Taken += count;
        if (isMore) Size += count;
        Received += count;
    }

    public void GiveBack(SubmittedFile file, long bytes)
    {
        file.Taken -= bytes;
        var charge = Math.Max(file.Least, file.Taken);
        quota.GiveBack(file.Charged - charge);
        file.Charged = charge;
        Received = Math.Max(0, Received - bytes);
    }

    public void Remove(SubmittedFile file)
    {
        Size -= file.Length ?? file.Taken;
        quota.GiveBack(file.Charged);
    }

    public void BeginAnew() => Received = 0;

    private void CheckSize(long more)
    {
        if (more > (request.MaxSubmissionSize ?? long.MaxValue) - Size) throw UploadRefusedException.SubmissionTooLarge(request.MaxSubmissionSize!.Value);
    }
}
