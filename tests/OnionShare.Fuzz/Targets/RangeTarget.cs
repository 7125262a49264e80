using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OnionShare.Engine.Files;
using OnionShare.Engine.Web;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>Range and conditional headers (RFC 9110 §13, §14), against a second reading of the RFC.</summary>
internal sealed partial class RangeTarget : Target<RangeTarget.Ask>
{
    private const int Length = 1000;
    private const int MostRanges = 16, LongestHeader = 1024;
    private static readonly DateTimeOffset Changed = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    // A validator, whether it names the content by strong and by weak comparison, and what a date says of it.
    private static readonly Gen<Validator?> Tags = Gen.OneOf(new Validator?[] {
        null, null, null, new("\"v1\"", true, true), new("W/\"v1\"", false, true), new("\"v2\"", false, false), new("*", true, true), new("\"v2\", \"v1\"", true, true),
        new("W/\"v1\",\"v2\"", false, true), new("v1", false, false), new("\"v1", false, false), new("\"v2\",,\"v3\"", false, false), new("\0", false, false) });

    private static readonly Gen<Moment?> Moments = Gen.OneOf(new Moment?[] {
        null, null, null, new("Mon, 06 May 2024 07:08:09 GMT", 0), new("Mon, 06 May 2024 07:08:08 GMT", -1), new("Tue, 06 May 2025 07:08:09 GMT", 1), new("yesterday", null), new("2024-05-06", null) });

    private static readonly Gen<string> Positions = Gen.Frequency(
        (6, (IGen<string>)Gen.Int[0, 1100].Select(number => number.ToString(CultureInfo.InvariantCulture))),
        (1, Gen.OneOf("", "0", "999", "1000", "9223372036854775807", "9223372036854775808", "99999999999999999999", "007", "-1", "+5", " 5", "٣", "1e3", "0x1")));

    private static readonly Gen<string> Specs = Gen.Frequency(
        (6, (IGen<string>)Gen.Select(Positions, Positions, (first, last) => $"{first}-{last}")),
        (2, Positions.Select(first => $"{first}-")),
        (2, Positions.Select(count => $"-{count}")),
        (1, Gen.OneOf("", " ", "-", "--", "a-b", "0-0-0")));

    private static readonly Gen<string?> Ranges = Gen.Frequency(
        (6, (IGen<string?>)Gen.Select(Gen.OneOf("bytes=", "Bytes=", "bytes =", "bytes", "lines=", ""), Specs.Array[0, 20], Gen.OneOf(",", ", ", " ,\t"), (unit, specs, comma) => unit + string.Join(comma, specs))),
        (8, Specs.Array[1, 3].Select(specs => (string?)("bytes=" + string.Join(',', specs)))),
        (3, Mutation.Of(Corpus.Texts("range")).Select(text => (string?)text)),
        (1, Gen.Const((string?)null)));

    public override string Name => "range";

    public override int Count => 60_000;

    protected override Gen<Ask> Inputs { get; } = Gen.Select(
        Ranges, Gen.Select(Tags, Tags), Gen.Select(Moments, Moments), Gen.Select(Tags, Moments, Gen.Bool), Gen.Int[0, 9],
        (range, tags, moments, ifRange, method) => new Ask(range, tags.Item1, tags.Item2, moments.Item1, moments.Item2, ifRange.Item3 ? ifRange.Item1 : null, ifRange.Item3 ? null : ifRange.Item2, method == 0));

    protected override async Task JudgeAsync(Ask input)
    {
        var content = new Content();
        var http = new DefaultHttpContext();
        using var body = new MemoryStream();
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        http.Request.Method = input.IsHead ? "HEAD" : "GET";
        Set("Range", input.Range);
        Set("If-Match", input.Match?.Text);
        Set("If-None-Match", input.NoneMatch?.Text);
        Set("If-Modified-Since", input.ModifiedSince?.Text);
        Set("If-Unmodified-Since", input.UnmodifiedSince?.Text);
        Set("If-Range", input.RangeTag?.Text ?? input.RangeDate?.Text);

        var sent = await new ContentResponse(content).SendAsync(http);
        await http.Response.CompleteAsync();

        var (status, start, count) = Expected(input);
        NotHeldException.Unless(http.Response.StatusCode == status, $"another status than the RFC's: {http.Response.StatusCode}, not {status}");
        var bytes = body.ToArray();
        NotHeldException.Unless(bytes.AsSpan().SequenceEqual(Content.Bytes.AsSpan(start, input.IsHead ? 0 : count)), $"wrong bytes: {bytes.Length} of {count} from {start}");
        if (status != 304) NotHeldException.Unless(http.Response.ContentLength == count, $"a wrong Content-Length: {http.Response.ContentLength}, not {count}");
        var contentRange = status switch { 206 => $"bytes {start}-{start + count - 1}/{Length}", 416 => $"bytes */{Length}", _ => "" };
        NotHeldException.Unless(http.Response.Headers.ContentRange.ToString() == contentRange, $"a wrong Content-Range: {http.Response.Headers.ContentRange}, not {contentRange}");
        NotHeldException.Unless(sent.BytesHandedOver == bytes.Length, $"a wrong count of bytes: {sent.BytesHandedOver}");

        void Set(string name, string? value)
        {
            if (value is not null) http.Request.Headers[name] = value;
        }
    }

    protected override string Show(Ask input) => Words.Show(input.ToString());

    // RFC 9110 §13.2.2.
    private static (int Status, int Start, int Count) Expected(Ask ask)
    {
        if (ask.Match is { } match ? !match.Strong : ask.UnmodifiedSince?.Order < 0) return (412, 0, 0);
        if (ask.NoneMatch is { } none ? none.Weak : ask.ModifiedSince?.Order >= 0) return (304, 0, 0);
        var isTheSame = ask.RangeTag is { } tag ? tag is { Strong: true, Text: "\"v1\"" } : ask.RangeDate is not { } date || date.Order == 0;
        return ask.IsHead || ask.Range is null || !isTheSame ? (200, 0, Length) : Expected(ask.Range);
    }

    // RFC 9110 §14.1.1, §14.2.
    private static (int Status, int Start, int Count) Expected(string header)
    {
        var whole = (200, 0, Length);
        if (header.Length > LongestHeader || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase)) return whole;
        var specs = header["bytes=".Length..].Split(',').Select(spec => spec.Trim(' ', '\t')).Where(spec => spec.Length > 0).ToList();
        if (specs.Count is 0 or > MostRanges) return whole;
        var asked = new bool[Length];
        var starts = 0;
        foreach (var spec in specs)
        {
            if (Spec().Match(spec) is not { Success: true } parts) return whole;
            var (first, last) = (Number(parts.Groups[1].Value), Number(parts.Groups[2].Value));
            if (first is null && last is null) return whole;
            if (first > last) return whole;
            var (from, to) = first is { } begin ? (begin, last ?? Length - 1) : (BigInteger.Max(0, Length - last!.Value), Length - 1);
            for (var at = from; at <= BigInteger.Min(to, Length - 1); at++) asked[(int)at] = true;
        }

        for (var at = 0; at < Length; at++)
            if (asked[at] && (at == 0 || !asked[at - 1])) starts++;
        return starts switch { 0 => (416, 0, 0), 1 => (206, Array.IndexOf(asked, true), asked.Count(one => one)), _ => whole };
    }

    private static BigInteger? Number(string digits) => digits.Length == 0 ? null : BigInteger.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex("^([0-9]*)-([0-9]*)$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex Spec();

    /// <summary>What a visitor asks.</summary>
    internal sealed record Ask(
        string? Range, Validator? Match, Validator? NoneMatch, Moment? ModifiedSince, Moment? UnmodifiedSince, Validator? RangeTag, Moment? RangeDate, bool IsHead);

    internal sealed record Validator(string Text, bool Strong, bool Weak);

    /// <summary>A date; how it stands to the content's, null when it is none.</summary>
    internal sealed record Moment(string Text, int? Order);

    private sealed class Content : IContent, IContentReader
    {
        public static readonly byte[] Bytes = [.. Enumerable.Range(0, Length).Select(number => (byte)((number * 31) + (number >> 8)))];

        public string FileName => "report.txt";

        public string ContentType => "text/plain";

        public string EntityTag => "\"v1\"";

        public DateTimeOffset LastModified => Changed;

        long IContent.Length => Length;

        public IContentReader Open() => this;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = (int)Math.Min(Length - offset, buffer.Length);
            Bytes.AsSpan((int)offset, count).CopyTo(buffer.Span);
            return new ValueTask<int>(count);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
