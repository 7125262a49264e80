using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>Resumable uploads (tus 1.0): steps in any order against what the protocol says of each, with headers that are right or not.</summary>
internal sealed class TusTarget : Target<TusTarget.Upload>
{
    private const string PieceType = "application/offset+octet-stream";
    private LocalServices? _local;
    private HttpClient? _http;
    private string _inbox = "";

    public override string Name => "tus";

    public override int Count => 500;

    private static readonly Gen<byte[]> Headers = Mutation.Of(Corpus.Bytes("tus"), "filename ", "kind dGV4dA==", "submission ", ",", "==", "sha1 ", "sha256 ");

    protected override Gen<Upload> Inputs { get; } = Gen.Select(
        Words.Texts, Gen.Byte.Array[0, 60], Gen.Bool,
        Gen.Select(Gen.OneOf<Do>(Do.Patch, Do.Patch, Do.Patch, Do.Head, Do.WrongOffset, Do.WrongChecksum, Do.GoodChecksum, Do.TooMuch, Do.Garbage, Do.GarbageCreate, Do.Delete), Gen.Int[0, 30], Headers, (what, count, header) => new Step(what, count, header)).Array[1, 8],
        (name, content, inSubmission, steps) => new Upload(name, content, inSubmission, steps));

    public override async Task PrepareAsync(string folder)
    {
        _local = new LocalServices(folder);
        _inbox = Path.Combine(folder, "inbox");
        var service = await _local.StartAsync(new ReceiveRequest { Path = _inbox, MinFreeSpace = 0 });
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{LocalServices.PortOf(service)}/"), Timeout = Limit };
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", LocalServices.Authorization["Authorization: ".Length..]);
    }

    public override async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_local is not null) await _local.DisposeAsync();
    }

    protected override async Task JudgeAsync(Upload input)
    {
        foreach (var day in Directory.EnumerateDirectories(_inbox, "2*")) Directory.Delete(day, recursive: true);
        var submission = input.InSubmission ? RandomNumberGenerator.GetHexString(32, lowercase: true) : null;
        var metadata = $"filename {Base64(input.FileName)}" + (submission is null ? "" : $",submission {Base64(submission)}");
        using var made = await SendAsync("POST", "/files", null, ("Upload-Length", Number(input.Content.Length)), ("Upload-Metadata", metadata));
        NotHeldException.Unless(made.StatusCode == HttpStatusCode.Created, $"an upload is not taken: {made.StatusCode}");
        var (place, offset) = (made.Headers.Location!.ToString(), 0);
        foreach (var step in input.Steps)
        {
            var (wasWhole, isGone) = (offset == input.Content.Length, false);
            (offset, isGone) = await DoAsync(step, input.Content, place, offset);
            var files = Files();
            if (isGone)
            {
                // What is finished is the owner's: only its address can be taken back.
                NotHeldException.Unless(files.Count == (wasWhole && submission is null ? 1 : 0), $"an upload that is taken back leaves something, or takes what is the owner's: {string.Join(", ", files)}");
                break;
            }

            var isWhole = offset == input.Content.Length;
            NotHeldException.Unless(!isWhole || files.Any(file => File.ReadAllBytes(file).AsSpan().SequenceEqual(input.Content)), "complete, and the file is not there: see the input");
            NotHeldException.Unless(isWhole || files.Count == 0, $"a file with its name before it is whole: {string.Join(", ", files)}");
        }

        if (submission is not null)
        {
            using var finished = await SendAsync("POST", "/submissions/" + submission, null);
            NotHeldException.Unless((int)finished.StatusCode is 200 or 400 or 404 or 409, $"a submission is not finished: {finished.StatusCode}");
        }

        using var taken = await SendAsync("DELETE", place, null);
    }

    protected override string Show(Upload input) =>
        $"{Words.Show(input.FileName)} of {input.Content.Length}{(input.InSubmission ? " in a submission" : "")}: {string.Join(", ", input.Steps.Select(step => $"{step.What} {step.Count} {Corpus.Escape(step.Header)}"))}";

    private async Task<(int Offset, bool IsGone)> DoAsync(Step step, byte[] content, string place, int offset)
    {
        var count = Math.Min(step.Count, content.Length - offset);
        var piece = content.AsSpan(offset, count).ToArray();
        var isWhole = offset == content.Length;
        using var answer = await (step.What switch
        {
            Do.Patch => SendAsync("PATCH", place, piece, ("Upload-Offset", Number(offset))),
            Do.Head => SendAsync("HEAD", place, null),
            Do.WrongOffset => SendAsync("PATCH", place, piece, ("Upload-Offset", Number(offset + 1 + step.Count))),
            Do.WrongChecksum => SendAsync("PATCH", place, piece, ("Upload-Offset", Number(offset)), ("Upload-Checksum", "sha1 " + Convert.ToBase64String(SHA1.HashData([.. piece, 1])))),
            Do.GoodChecksum => SendAsync("PATCH", place, piece, ("Upload-Offset", Number(offset)), ("Upload-Checksum", "sha256 " + Convert.ToBase64String(SHA256.HashData(piece)))),
            Do.TooMuch => SendAsync("PATCH", place, [.. content.AsSpan(offset), 1], ("Upload-Offset", Number(offset))),
            Do.Garbage => SendAsync("PATCH", place, piece, ("Upload-Offset", Header(step)), ("Upload-Checksum", Header(step))),
            Do.GarbageCreate => SendAsync("POST", "/files", null, ("Upload-Length", "1"), ("Upload-Metadata", Header(step))),
            _ => SendAsync("DELETE", place, null),
        });
        var status = (int)answer.StatusCode;
        NotHeldException.Unless(status is >= 200 and < 500, $"the server fails: {status} to {step.What}");
        if (step.What is Do.GarbageCreate)
        {
            if (answer.Headers.Location is { } other) (await SendAsync("DELETE", other.ToString(), null)).Dispose();
            return (offset, false);
        }

        var expected = step.What switch
        {
            Do.Head => 200,
            Do.Patch or Do.GoodChecksum or Do.Delete => 204,
            Do.WrongOffset => 409,
            Do.WrongChecksum => isWhole ? 204 : 460,
            Do.TooMuch => 413,
            _ => status,
        };
        NotHeldException.Unless(status == expected || (step.What == Do.TooMuch && status is 400), $"another status to {step.What}: {status}, not {expected}, at {offset} of {content.Length}");
        if (step.What == Do.Delete) return (offset, true);
        var now = answer.Headers.TryGetValues("Upload-Offset", out var told) ? int.Parse(told.Single(), CultureInfo.InvariantCulture) : await OffsetAsync(place);
        var right = step.What is Do.Patch or Do.GoodChecksum ? offset + count : step.What is Do.TooMuch or Do.Garbage ? now : offset;
        NotHeldException.Unless(now == right && now >= offset && now <= content.Length, $"another offset after {step.What}: {now}, not {right}");
        return (now, false);
    }

    private async Task<int> OffsetAsync(string place)
    {
        using var head = await SendAsync("HEAD", place, null);
        NotHeldException.Unless(head.StatusCode == HttpStatusCode.OK, $"an upload is lost: {head.StatusCode}");
        return int.Parse(head.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
    }

    private List<string> Files() =>
        [.. Directory.EnumerateFiles(_inbox, "*", SearchOption.AllDirectories).Where(path => !path.Contains(".uploads", StringComparison.Ordinal) && !path.EndsWith(".part", StringComparison.Ordinal))];

    private async Task<HttpResponseMessage> SendAsync(string method, string path, byte[]? piece, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Tus-Resumable", "1.0.0");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (piece is not null)
        {
            request.Content = new ByteArrayContent(piece);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", PieceType);
        }

        return await _http!.SendAsync(request);
    }

    // What HttpClient lets through; the rest is for the target of raw requests.
    private static string Header(Step step) => new([.. Encoding.Latin1.GetString(step.Header).Where(letter => letter is >= ' ' and <= '~').Take(8000)]);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal enum Do
    {
        Patch,
        Head,
        WrongOffset,
        WrongChecksum,
        GoodChecksum,
        TooMuch,
        Garbage,
        GarbageCreate,
        Delete,
    }

    internal sealed record Step(Do What, int Count, byte[] Header);

    internal sealed record Upload(string FileName, byte[] Content, bool InSubmission, Step[] Steps);
}
