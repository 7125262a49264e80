using System.Text.Json;

namespace OnionShare.Engine.Web;

/// <summary>Answers with a <see cref="ServiceIndex"/>, file by file, so that a million of them take no memory.</summary>
internal static class IndexResponse
{
    private const int FlushEvery = 64 * 1024;

    /// <param name="http">Where to.</param>
    /// <param name="index">All but its files.</param>
    /// <param name="files">Its files; null for a service that has none to show.</param>
    public static async Task SendAsync(HttpContext http, ServiceIndex index, IEnumerable<IndexedFile>? files = null)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        foreach (var property in JsonSerializer.SerializeToElement(index with { Schema = ServiceIndex.CurrentSchema }, IndexJson.Default.ServiceIndex).EnumerateObject())
            property.WriteTo(json);
        if (files is not null)
        {
            json.WriteStartArray("files");
            foreach (var file in files)
            {
                JsonSerializer.Serialize(json, file, IndexJson.Default.IndexedFile);
                if (json.BytesPending + http.Response.BodyWriter.UnflushedBytes < FlushEvery) continue;
                await json.FlushAsync(http.RequestAborted);
                await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        await json.FlushAsync(http.RequestAborted);
    }
}
