using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>A client of the tus protocol that does one step at a time.</summary>
internal static class Tus
{
    public static Task<HttpResponseMessage> HeadAsync(Inboxed inbox, string path) => TusAsync(inbox, HttpMethod.Head, path);

    public static Task<HttpResponseMessage> PatchAsync(Inboxed inbox, string path, long offset, string body, params (string, string)[] headers) =>
        TusAsync(inbox, HttpMethod.Patch, path, body: body, headers: [("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture)), .. headers]);

    public static async Task<string> CreateAsync(Inboxed inbox, string name, long length, string? submission = null, string kind = "file")
    {
        var answer = await TryCreateAsync(inbox, name, length, submission, kind);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    public static Task<HttpResponseMessage> TryCreateAsync(Inboxed inbox, string name, long length, string? submission = null, string kind = "file") =>
        TusAsync(inbox, HttpMethod.Post, "/files", headers:
            [("Upload-Length", length.ToString(CultureInfo.InvariantCulture)), ("Upload-Metadata", Metadata(name, submission, kind))]);

    public static async Task<string> BeginAsync(Inboxed inbox)
    {
        var answer = await TusAsync(inbox, HttpMethod.Post, "/submissions");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        return json.RootElement.GetProperty("id").GetString()!;
    }

    public static async Task<HttpResponseMessage> TusAsync(
        Inboxed inbox, HttpMethod method, string path, bool version = true, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (version) request.Headers.Add("Tus-Resumable", "1.0.0");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/offset+octet-stream");
        }

        return await inbox.Client.SendAsync(request, Cancel);
    }

    public static string Metadata(string name, string? submission = null, string kind = "file")
    {
        var metadata = $"filename {Base64(name)},kind {Base64(kind)}";
        return submission is null ? metadata : $"{metadata},submission {Base64(submission)}";
    }

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static string Checksum(string algorithm, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return $"{algorithm} " + Convert.ToBase64String(algorithm switch
        {
            "sha1" => SHA1.HashData(bytes),
            "sha256" => SHA256.HashData(bytes),
            _ => SHA512.HashData(bytes),
        });
    }

    public static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? values.Single() : null;
}
