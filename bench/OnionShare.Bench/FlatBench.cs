using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using OnionShare.Contracts;

namespace OnionShare.Bench;

/// <summary>
/// Whether an engine stays as it is: one with a service of each mode answers 100,000 requests of every kind, refused ones and uploads among them, and is
/// looked at after each tenth. The first tenth is what it needs once.
/// </summary>
internal sealed class FlatBench(Workplace workplace, bool quick)
{
    private const int Rounds = 10;
    private const int AtOnce = 16;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly int _requests = quick ? 1_000 : 10_000;

    /// <summary>What the columns hold here.</summary>
    public static IReadOnlyList<string> Header { get; } = ["Requests answered, all modes, 16 at a time", "Resident memory", "Handles, threads", "State files"];

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var (home, inbox) = (workplace.Home("flat"), Path.Combine(workplace.Folder, "inbox"));
        var file = workplace.RandomFile("shared/a.bin", 1 << 20);
        var site = Path.GetDirectoryName(workplace.RandomFile("site/below/a.bin", 1 << 20))!;
        await File.WriteAllTextAsync(Path.Combine(site, "..", "index.html"), $"<!doctype html><title>x</title><p>{new string('x', 3000)}</p>");
        using var process = Process.Start(new ProcessStartInfo(Workplace.Engine, ["serve"]) { Environment = { ["ONIONSHARE_HOME"] = home, ["ONIONSHARE_TOR"] = "/nowhere", ["DOTNET_EnableDiagnostics"] = "0" } })!;
        var endpoint = StatePaths.Socket(home);
        using var control = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancellation) => EngineEndpoint.ConnectAsync(endpoint, cancellation) })
        { BaseAddress = new Uri("http://engine") };
        try
        {
            var share = await StartAsync(control, new ShareRequest { Paths = [file], KeepSharing = true, LocalOnly = true, Public = true });
            var website = await StartAsync(control, new WebsiteRequest { Paths = [Path.GetDirectoryName(site)!], LocalOnly = true, Public = true });
            var receive = await StartAsync(control, new ReceiveRequest { Path = inbox, LocalOnly = true, Public = true, MinFreeSpace = 0 });
            var chat = await StartAsync(control, new ChatRequest { LocalOnly = true, Public = true });
            var locked = await StartAsync(control, new ShareRequest { Paths = [file], KeepSharing = true, LocalOnly = true });
            using var visitor = new Visitors(share, website, receive, chat, locked);

            var looks = new List<Look>();
            for (var round = 1; round <= Rounds; round++)
            {
                await Parallel.ForAsync(0, _requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (n, _) => await visitor.SendAsync(n));
                await Task.Delay(Rest);
                looks.Add(Look.At(process, home, inbox));
                Console.Error.WriteLine($"{round * _requests}: {looks[^1]}");
            }

            return [Row(_requests, looks[0]), Row(Rounds * _requests, looks[^1]), new Row("grown since the first tenth", looks[^1].Grown(looks[0]).Memory, looks[^1].Grown(looks[0]).Handles, looks[^1].Grown(looks[0]).Files)];
        }
        finally
        {
            using var stopped = await control.DeleteAsync(Routes.Engine + "?force=true");
            await process.WaitForExitAsync();
        }
    }

    private static Row Row(int requests, Look look) => new(requests.ToString("N0", CultureInfo.InvariantCulture), look.Memory.Megabytes(), $"{look.Handles}, {look.Threads}", $"{look.Files}");

    private static async Task<string> StartAsync(HttpClient control, ServiceRequest request)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var answer = await control.PostAsync(Routes.Services, JsonContent.Create(request, ContractsJson.Default.ServiceRequest));
                answer.EnsureSuccessStatusCode();
                var service = (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.ServiceStatus))!;
                while (service.State is not ServiceState.Running)
                {
                    await Task.Delay(20);
                    service = (await control.GetFromJsonAsync(Routes.Service(service.Id), ContractsJson.Default.ServiceStatus))!;
                }

                return service.Address!;
            }
            catch (HttpRequestException) when (tries < 300)
            {
                await Task.Delay(100); // it has only just been started
            }
        }
    }

    /// <summary>What the system tells of the engine's process, and what lies in its folders.</summary>
    private sealed record Look(long Memory, int Handles, int Threads, int Files)
    {
        public static Look At(Process process, string home, string inbox)
        {
            process.Refresh();
            var state = Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories);
            var uploads = Directory.EnumerateFiles(inbox, "*", SearchOption.AllDirectories).Where(path => path.Contains("/.", StringComparison.Ordinal));
            return new Look(process.WorkingSet64, Directory.EnumerateFileSystemEntries($"/proc/{process.Id}/fd").Count(), process.Threads.Count, state.Count() + uploads.Count());
        }

        public (string Memory, string Handles, string Files) Grown(Look first) => (
            string.Create(CultureInfo.InvariantCulture, $"{(Memory - first.Memory) / 1e6:+0.0;-0.0} MB"), $"{Handles - first.Handles:+0;-0;0}, {Threads - first.Threads:+0;-0;0}", $"{Files - first.Files:+0;-0;0}");
    }

    /// <summary>Requests of every kind.</summary>
    private sealed class Visitors(string share, string website, string receive, string chat, string locked) : IDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, MaxConnectionsPerServer = AtOnce });

        public Task SendAsync(int n) => (n % 20) switch
        {
            0 => GetAsync($"{share}/", 200),
            1 => GetAsync($"{share}/download", 200),
            2 => GetAsync($"{share}/download", 206, ("Range", $"bytes={n % 1000}-{(n % 1000) + 99}")),
            3 => GetAsync($"{share}/download", 416, ("Range", "bytes=9999999-")),
            4 => GetAsync($"{share}/not/here/{n}/{new string('x', 1000)}", 404),
            5 => GetAsync($"{share}/", 421, ("Host", "evil.example")),
            6 => GetAsync($"{locked}/{n}", 401),
            7 => GetAsync($"{website}/", 200, ("Accept-Encoding", "br")),
            8 => GetAsync($"{website}/below/", 200),
            9 => GetAsync($"{website}/below/a.bin", 206, ("Range", "bytes=1000-1999")),
            10 => GetAsync($"{website}/{n}.html", 404),
            11 => GetAsync($"{receive}/", 200),
            12 => SubmitAsync("file[]", "a.bin", 200),
            13 => SubmitAsync("text", null, 200),
            14 => SubmitAsync("other", null, 400),
            15 => GetAsync($"{receive}/files/{new string('0', 32)}/0", 404, ("X-HTTP-Method-Override", "HEAD"), ("Tus-Resumable", "1.0.0")),
            16 => UploadAsync(),
            17 => GetAsync($"{chat}/", 200),
            18 => TalkAsync(),
            _ => SayNothingAsync(),
        };

        public void Dispose() => _http.Dispose();

        private async Task GetAsync(string address, int status, params (string Name, string Value)[] headers)
        {
            var isHead = headers.Any(header => header.Value == "HEAD");
            using var request = new HttpRequestMessage(isHead ? HttpMethod.Head : HttpMethod.Get, "http://" + address);
            foreach (var (name, value) in headers.Where(header => header.Value != "HEAD")) request.Headers.TryAddWithoutValidation(name, value);
            await SendAsync(request, status);
        }

        private async Task SubmitAsync(string field, string? name, int status)
        {
            using var part = new ByteArrayContent("some words"u8.ToArray());
            var form = new MultipartFormDataContent();
            if (name is null) form.Add(part, field);
            else form.Add(part, field, name);
            await PostAsync($"{receive}/upload-ajax", form, status);
        }

        private async Task UploadAsync()
        {
            using var created = await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"http://{receive}/files")
            {
                Headers = { { "Tus-Resumable", "1.0.0" }, { "Upload-Length", "10" }, { "Upload-Metadata", "filename " + Convert.ToBase64String("a.bin"u8) } },
            }, 201, keep: true);
            foreach (var offset in new[] { 0, 5 })
            {
                using var piece = new ByteArrayContent(new byte[5]) { Headers = { { "Content-Type", "application/offset+octet-stream" } } };
                using var request = new HttpRequestMessage(HttpMethod.Patch, $"http://{receive}{created!.Headers.Location}")
                {
                    Headers = { { "Tus-Resumable", "1.0.0" }, { "Upload-Offset", $"{offset}" } },
                    Content = piece,
                };
                await SendAsync(request, 204);
            }
        }

        private async Task TalkAsync()
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Origin", "http://" + chat);
            await socket.ConnectAsync(new Uri($"ws://{chat}/socket"), CancellationToken.None);
            var buffer = new byte[65536];
            foreach (var said in new[] { "{\"type\":\"join\"}", "{\"type\":\"say\",\"n\":1,\"text\":\"words\"}" })
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes(said), WebSocketMessageType.Text, true, CancellationToken.None);
                await socket.ReceiveAsync(buffer, CancellationToken.None);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        private Task SayNothingAsync() =>
            PostAsync($"{chat}/plain/say", new FormUrlEncodedContent(new Dictionary<string, string> { ["seat"] = "x", ["text"] = "words", ["n"] = "1" }), 409);

        private async Task PostAsync(string address, HttpContent content, int status)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "http://" + address) { Content = content };
            await SendAsync(request, status);
        }

        private async Task<HttpResponseMessage?> SendAsync(HttpRequestMessage request, int status, bool keep = false)
        {
            var answer = await _http.SendAsync(request);
            if ((int)answer.StatusCode != status) throw new InvalidOperationException($"{request.Method} {request.RequestUri} was answered with {(int)answer.StatusCode} in place of {status}.");
            if (keep) return answer;
            answer.Dispose();
            return null;
        }
    }
}
