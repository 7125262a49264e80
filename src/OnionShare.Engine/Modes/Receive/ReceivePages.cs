using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using OnionShare.Contracts;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>The pages of a receive service, and the form they send.</summary>
internal sealed class ReceivePages(ReceiveParts parts, Webhook? webhook)
{
    private readonly FormReader _forms = new(parts);

    public async Task ShowAsync(HttpContext http)
    {
        parts.Service.CountVisit();
        var page = new RazorComponentResult<ReceivePage>(new { parts.Service.Title, parts.Request, parts.Service.IsDraining });
        await page.ExecuteAsync(http);
    }

    public async Task UploadAsync(HttpContext http)
    {
        try
        {
            if (await _forms.ReceiveAsync(http) is not { } receipt) return;
            webhook?.Tell(receipt);
            var page = new RazorComponentResult<ResultPage>(new { parts.Service.Title, Receipt = receipt, parts.Service.IsDraining });
            await page.ExecuteAsync(http);
        }
        catch (UploadRefusedException refused)
        {
            await RefusedBody.AnswerAsync(http, refused, () =>
            {
                var page = new RazorComponentResult<ResultPage>(new { parts.Service.Title, Refused = refused }) { StatusCode = refused.Status };
                return page.ExecuteAsync(http);
            });
        }
    }

    /// <summary>Takes the form and answers in JSON, as OnionShare does: <c>info_flashes</c> or <c>error_flashes</c>.</summary>
    public async Task UploadForScriptAsync(HttpContext http)
    {
        try
        {
            if (await _forms.ReceiveAsync(http) is not { } receipt) return;
            webhook?.Tell(receipt);
            await http.Response.WriteAsJsonAsync(Flashes(receipt), http.RequestAborted);
        }
        catch (UploadRefusedException refused)
        {
            await RefusedBody.AnswerAsync(http, refused, () => WriteAsync(http, refused));
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
        return new JsonObject { ["info_flashes"] = new JsonArray(words) };
    }

    /// <summary>Tells a script that a submission was not taken.</summary>
    public static Task WriteAsync(HttpContext http, UploadRefusedException refused)
    {
        http.Response.StatusCode = refused.Status;
        return http.Response.WriteAsJsonAsync(new JsonObject { ["error_flashes"] = new JsonArray(refused.Message) }, http.RequestAborted);
    }
}

/// <summary>
/// Answers a request whose body is not wanted. A browser that is still sending often shows only that the connection broke, so the answer is
/// sent first and some more of the body is read and thrown away; then the connection ends.
/// </summary>
internal static class RefusedBody
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
