using System.Globalization;
using System.Net;
using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Saved;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Receive.Tus;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>Uploads that are cut at random places, with the service ended and started anew in between: never a byte wrong, never said to be whole without it.</summary>
public sealed class UploadModelTests
{
    private static readonly Gen<Step[]> Steps = Gen.Select(Gen.Frequency((4, Do.Piece), (4, Do.Cut), (2, Do.Ask), (1, Do.Restart), (1, Do.Append)), Gen.Int[0, 40_000], Gen.Int[0, 40_000], (what, count, sent) => new Step(what, count, sent)).Array[0, 10];

    [Fact(Timeout = 600_000)]
    public Task A_resumable_upload_is_whole_when_it_is_said_to_be_and_only_then() => Gen.Select(Gen.Int[0, 90_000], Steps).SampleAsync(
        async upload => await ResumableAsync(upload.Item1, upload.Item2), iter: ServiceLifeModelTests.Iterations, threads: 1, print: upload => $"{upload.Item1} bytes: {string.Join(", ", upload.Item2.Select(step => step.ToString()))}");

    // A hundred bytes at least: of less than a boundary's length the reader of forms hands nothing over yet.
    [Fact(Timeout = 600_000)]
    public Task A_form_is_taken_whole_or_not_at_all() => Gen.Select(Gen.Int[400, 90_000], Gen.Int[25, 100], Gen.Bool).SampleAsync(
        async form => await FormAsync(form.Item1, form.Item2, form.Item3), iter: ServiceLifeModelTests.Iterations, threads: 1);

    private static async Task ResumableAsync(int length, Step[] steps)
    {
        var content = new string([.. Enumerable.Range(0, length).Select(at => (char)('a' + (((at * 7) + (at >> 9)) % 26)))]);
        var root = Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        var inbox = await Inboxed.StartAsync(root: root);
        try
        {
            var path = await CreateAsync(inbox, "a.txt", length);
            var offset = await OffsetAsync(inbox, path);
            // Of what is whole the service forgets the address with its end.
            foreach (var step in steps.TakeWhile(_ => offset < length))
            {
                var piece = content[offset..Math.Min(length, offset + step.Count)];
                switch (step.What)
                {
                    case Do.Piece:
                        offset = await SendAsync(inbox, path, content, offset, step.Count);
                        break;
                    case Do.Cut when piece.Length > 0:
                        await CutAsync(inbox, path, offset, piece, Math.Min(step.Sent, piece.Length - 1));
                        break;
                    case Do.Restart:
                        await inbox.DisposeAsync();
                        inbox = await Inboxed.StartAsync(root: root);
                        // What not one byte came of, as when a cut takes them all along, ends with its service: a client begins it anew.
                        using (var answer = await HeadAsync(inbox, path))
                        {
                            if (offset == 0 && answer.StatusCode == HttpStatusCode.NotFound) path = await CreateAsync(inbox, "a.txt", length);
                        }

                        break;
                    case Do.Append when offset < length && inbox.AllFiles is [var partial]:
                        // As an engine leaves it that is killed between the last byte and the name, or before it has told of it.
                        await inbox.DisposeAsync();
                        var there = (int)new FileInfo(partial).Length;
                        if (partial.EndsWith(".part", StringComparison.Ordinal)) await File.AppendAllTextAsync(partial, content[there..Math.Min(length, there + step.Count)], Cancel);
                        inbox = await Inboxed.StartAsync(root: root);
                        break;
                }

                var now = await OffsetAsync(inbox, path);
                Assert.InRange(now, offset, length);
                offset = now;
                Check(inbox, content, offset == length);
            }

            if (offset < length) await SendAsync(inbox, path, content, offset, length);
            Check(inbox, content, isWhole: true);
        }
        finally
        {
            await inbox.DisposeAsync();
            Directory.Delete(root, recursive: true);
        }
    }

    // A HEAD can overtake the piece whose connection was cut. Then that piece comes in between: the next is refused, or cut. Whoever sends it asks again, as clients of tus do.
    private static async Task<int> SendAsync(Inboxed inbox, string path, string content, int offset, int count)
    {
        for (var tries = 0; tries < 3; tries++)
        {
            var piece = content[offset..Math.Min(content.Length, offset + count)];
            if (await StatusAsync(inbox, path, offset, piece) is { } status)
            {
                if (status == HttpStatusCode.NoContent) return offset + piece.Length;
                Assert.Equal(HttpStatusCode.Conflict, status);
            }

            var now = await OffsetAsync(inbox, path);
            Assert.InRange(now, offset, content.Length);
            offset = now;
        }

        throw new InvalidOperationException($"No piece was taken at {offset}.");
    }

    private static async Task<HttpStatusCode?> StatusAsync(Inboxed inbox, string path, int offset, string piece)
    {
        try
        {
            using var answer = await PatchAsync(inbox, path, offset, piece);
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static async Task FormAsync(int length, int percent, bool isDiscarded)
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { DiscardPartial = isDiscarded });
        var content = new byte[length];
        new Random(length).NextBytes(content);
        var sent = (int)((long)length * percent / 100);
        await using var slow = await SlowUpload.BeginAsync(inbox, "a.bin", content[..Math.Max(1, sent)], length);
        if (percent == 100)
        {
            Assert.Contains("200 OK", await slow.FinishAsync([]), StringComparison.Ordinal);
            Assert.Equal(content, await File.ReadAllBytesAsync(inbox.AllFiles.Single(), Cancel));
            Assert.Equal(TransferState.Completed, (await inbox.OnlyEndedAsync()).State);
            return;
        }

        slow.Cut();
        Assert.Equal(TransferState.Cancelled, (await inbox.OnlyEndedAsync()).State);
        Assert.Equal(isDiscarded ? [] : ["a.bin.part"], inbox.Files);
        if (!isDiscarded) Assert.True(content.AsSpan().StartsWith(File.ReadAllBytes(inbox.AllFiles.Single())));
    }

    private static void Check(Inboxed inbox, string content, bool isWhole)
    {
        Assert.Equal(isWhole ? ["a.txt"] : [], inbox.Files.Where(name => !name.EndsWith(".part", StringComparison.Ordinal)));
        if (isWhole) Assert.Equal(content, File.ReadAllText(inbox.AllFiles.Single()));
        else if (inbox.AllFiles is [var partial]) Assert.StartsWith(File.ReadAllText(partial), content, StringComparison.Ordinal);
    }

    private static async Task<int> OffsetAsync(Inboxed inbox, string path)
    {
        using var answer = await HeadAsync(inbox, path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return int.Parse(Header(answer, "Upload-Offset")!, CultureInfo.InvariantCulture);
    }

    private static async Task CutAsync(Inboxed inbox, string path, int offset, string piece, int sent)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", inbox.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1:{inbox.Port}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: {piece.Length}\r\n\r\n{piece[..sent]}"), Cancel);
        client.Client.LingerState = new System.Net.Sockets.LingerOption(true, 0);
    }

    private enum Do
    {
        Piece,
        Cut,
        Ask,
        Restart,
        Append,
    }

    private sealed record Step(Do What, int Count, int Sent);
}
