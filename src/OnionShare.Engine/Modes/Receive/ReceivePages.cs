using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using OnionShare.Engine.Web;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>The pages of a receive service, and the form they send.</summary>
internal sealed class ReceivePages(ReceiveParts parts, Webhook? webhook)
{
    private readonly FormReader _forms = new(parts);

    public async Task ShowAsync(HttpContext http)
    {
        parts.Service.CountVisit();
        await PageResponse.SendAsync<ReceivePage>(http, StatusCodes.Status200OK, new { Title = TitleFor(http), parts.Request, parts.Service.IsDraining, parts.HasNoKey });
    }

    public async Task UploadAsync(HttpContext http)
    {
        try
        {
            if (await _forms.ReceiveAsync(http) is not { } receipt)
            {
                http.Abort(); // nothing of what was cut is to look like an answer, which would be 200
                return;
            }

            webhook?.Tell(receipt);
            await PageResponse.SendAsync<ResultPage>(http, StatusCodes.Status200OK, new { Title = TitleFor(http), Receipt = receipt, parts.Service.IsDraining });
        }
        catch (UploadRefusedException refused)
        {
            await BodyDrain.AnswerAsync(http, refused, () => PageResponse.SendAsync<ResultPage>(http, refused.Status, new { Title = TitleFor(http), Refused = refused }));
        }
    }

    // A title the operator gave is theirs; that of all who gave none is ours to translate.
    private string TitleFor(HttpContext http) =>
        parts.Service.Title == ReceiveMode.UsualTitle ? PageText.Of(http)["title.receive"] : parts.Service.Title;

    /// <summary>Takes the form and answers in JSON, as OnionShare does: <c>info_flashes</c> or <c>error_flashes</c>.</summary>
    public async Task UploadForScriptAsync(HttpContext http)
    {
        try
        {
            if (await _forms.ReceiveAsync(http) is not { } receipt)
            {
                http.Abort(); // nothing of what was cut is to look like an answer, which would be 200
                return;
            }

            webhook?.Tell(receipt);
            await http.Response.WriteAsJsonAsync(Flashes(receipt), http.RequestAborted);
        }
        catch (UploadRefusedException refused)
        {
            await BodyDrain.AnswerAsync(http, refused, () => WriteAsync(http, refused));
        }
    }

    /// <summary>What a script is told of a submission that was taken.</summary>
    public static JsonObject Flashes(Receipt receipt)
    {
        var names = string.Join(", ", receipt.Files.Select(name => RemoteText.Show(name)));
        var words = (receipt.Files.Count, receipt.HasMessage) switch
        {
            (0, _) => "Message submitted",
            (_, false) => $"Uploaded {names}",
            _ => $"Message submitted, uploaded {names}",
        };
        var flashes = new JsonObject { ["info_flashes"] = new JsonArray(words) };
        if (receipt.Lines is { } lines) flashes["receipt"] = new JsonArray([.. lines.Select(Told)]);
        return flashes;
    }

    private static JsonNode Told(ReceiptLine line) => new JsonObject
    {
        ["name"] = RemoteText.Show(line.Name, 300),
        ["message"] = line.IsMessage,
        ["size"] = line.Length,
        ["sha256"] = line.Sha256 is null ? null : Convert.ToHexStringLower(line.Sha256),
    };

    /// <summary>Tells a script that a submission was not taken.</summary>
    public static Task WriteAsync(HttpContext http, UploadRefusedException refused)
    {
        var text = PageText.Of(http);
        http.Response.StatusCode = refused.Status;
        text.Describe(http.Response);
        return http.Response.WriteAsJsonAsync(new JsonObject { ["error_flashes"] = new JsonArray(refused.In(text.Language)) }, http.RequestAborted);
    }
}

/// <summary>
/// Answers a request whose body is not wanted. A browser that is still sending often shows only that the connection broke, so the answer is
/// sent first and some more of the body is read and thrown away; then the connection ends.
/// </summary>
internal static class BodyDrain
{
    private const long Most = 32 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>Answers, then lets the sender come to an end, within limits.</summary>
    public static async Task AnswerAsync(HttpContext http, UploadRefusedException refused, Func<Task> answer)
    {
        if (refused.Status is StatusCodes.Status503ServiceUnavailable) http.Response.Headers.RetryAfter = "30";
        // Nobody sends on who waits to be told to (RFC 9110 §10.1.1); and what was sent whole needs no reading.
        var mayBeSending = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true && http.Request.Headers.Expect.Count == 0;
        http.Response.Headers.Connection = "close";
        await answer();
        await http.Response.CompleteAsync();
        if (mayBeSending) await DrainAsync(http);
    }

    private static async Task DrainAsync(HttpContext http)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        limit.CancelAfter(Longest);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(WriteBuffers.Small);
        try
        {
            for (long drained = 0; drained < Most;)
            {
                var count = await http.Request.Body.ReadAsync(buffer, limit.Token);
                if (count == 0) return;
                drained += count;
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The sender has gone, or goes on for too long: the answer is sent, nothing else is owed.
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
