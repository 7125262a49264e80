using System.Net.Http.Headers;
using OnionShare.Engine.Clients.Fetching;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients.Sending;

/// <summary>
/// Sends as the page of OnionShare 2.2 to 2.6 does: one form with all files and the message (<c>POST /upload-ajax</c>). It can't go on where it was cut; it
/// is sent again from the start only while nothing of it can have been taken.
/// </summary>
internal sealed class FormSending(Visit visit, TimeSpan patience, Pace pace, Action<ClientEvent> tell)
{
    private const int LargestAnswer = 1 << 20;

    /// <summary>Returns when the service has taken all of it.</summary>
    public async Task RunAsync(IReadOnlyList<Parcel> parcels, CancellationToken cancellationToken)
    {
        pace.Tell("Sending");
        var circuit = visit.TakeCircuit();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience); // it runs while nothing moves
        try
        {
            using var response = await circuit.SendAsync(HttpMethod.Post, "/upload-ajax", message => message.Content = Form(parcels, Moved), limit.Token);
            var body = await Body.ReadAsync(response, LargestAnswer, limit.Token);
            var text = System.Text.Encoding.UTF8.GetString(body);
            var isTaken = response.IsSuccessStatusCode && !text.Contains("error_flashes", StringComparison.Ordinal);
            if (!isTaken) throw ClientProblems.Refused((int)response.StatusCode, RefusalWords.Of(body, response.Content.Headers.ContentType?.MediaType));
            foreach (var parcel in parcels) tell(new FileSent { Name = parcel.Name, Path = parcel.Path, Length = parcel.Content.Length });
        }
        catch (Exception broken) when ((Visit.IsLost(broken) && broken.InnerException is not ContentChangedException)
            || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = broken is OperationCanceledException ? "nothing was taken any more" : visit.Trouble ?? broken.Message;
            throw new ProblemException(new Problem(
                ProblemCodes.RemoteUnreachable,
                $"The connection broke after {ByteSize.Show(pace.Bytes)} of {ByteSize.Show(pace.Total ?? 0)}: {RemoteText.Show(why, 200)}",
                "This service's form can't go on where it was cut. Send it again; the service may have kept a part of it."));
        }
        finally
        {
            circuit.Dispose();
        }

        void Moved(long bytes)
        {
            pace.Add(bytes);
            limit.CancelAfter(patience);
        }
    }

    private static MultipartFormDataContent Form(IReadOnlyList<Parcel> parcels, Action<long> moved)
    {
        var form = new MultipartFormDataContent { HeaderEncodingSelector = static (_, _) => System.Text.Encoding.UTF8 };
        foreach (var parcel in parcels)
        {
            var part = new ReadContent(parcel.Content, moved);
            part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = parcel.Path is null ? "\"text\"" : "\"file[]\"" };
            if (parcel.Path is not null)
            {
                // As browsers write it (HTML, multipart/form-data encoding algorithm).
                var name = parcel.Name.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
                part.Headers.Remove("Content-Disposition");
                part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file[]\"; filename=\"{name}\"");
                part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            }

            form.Add(part);
        }

        return form;
    }
}
