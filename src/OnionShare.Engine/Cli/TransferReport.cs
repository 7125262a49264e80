namespace OnionShare.Engine.Cli;

/// <summary>Tells in a terminal how far a fetch or a send is: results on standard output, one a line, the rest on standard error.</summary>
internal sealed class TransferReport(TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private long _shown;

    /// <exception cref="ProblemException">It could not be done.</exception>
    public async Task FollowAsync(IAsyncEnumerable<ClientEvent> events)
    {
        await foreach (var happened in events)
        {
            switch (happened)
            {
                case ClientProgress step when _isTerminal && (_shown == 0 || System.Diagnostics.Stopwatch.GetElapsedTime(_shown) >= Every):
                    _shown = System.Diagnostics.Stopwatch.GetTimestamp();
                    errors.Write($"\r\u001b[K{step.Activity}: {ByteSize.Show(step.Bytes)}{(step.TotalBytes is { } total ? $" of {ByteSize.Show(total)}" : "")}, {ByteSize.Show((long)step.BytesPerSecond)}/s");
                    break;
                case ClientNote note:
                    Clear();
                    errors.WriteLine(note.Message);
                    break;
                case FileFetched file:
                    Clear();
                    output.WriteLine(file.Path);
                    errors.WriteLine(file.Proof switch
                    {
                        FileProof.Sha256 => $"SHA-256 {file.Sha256}: checked by what the service tells.",
                        FileProof.Crc32 => "Checked by the archive's own checksums.",
                        _ => $"SHA-256 {file.Sha256}; the service tells none to compare it with.",
                    });
                    break;
                case FileSent file:
                    Clear();
                    output.WriteLine(RemoteText.Show(file.Name));
                    if (file.Sha256 is { } receipt) errors.WriteLine($"SHA-256 {receipt}: the service's receipt.");
                    break;
                case ClientFailed failed:
                    Clear();
                    throw new ProblemException(failed.Problem);
            }
        }

        Clear();
    }

    private void Clear()
    {
        if (_isTerminal && _shown != 0) errors.Write("\r\u001b[K");
        _shown = 0;
    }
}
