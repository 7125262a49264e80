using System.Net;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// Tells an address of each submission: how many files, their names, whether there was a message; never what is in them. It is called
/// through tor, which resolves its name too, on a circuit of its own; tried again when it does not answer; and nobody waits for it.
/// </summary>
internal sealed class Webhook : IAsyncDisposable
{
    private const int Backlog = 1000;
    private const int MostNames = 1000;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan[] Delays =
        [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];

    private readonly Uri _address;
    private readonly HttpClient _client;
    private readonly ServiceContext _service;
    private readonly Channel<JsonObject> _queue = Channel.CreateBounded<JsonObject>(Backlog);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _worker;

    private Webhook(Uri address, IWebProxy? proxy, ServiceContext service)
    {
        (_address, _service) = (address, service);
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = proxy is not null,
            Proxy = proxy,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
        })
        { Timeout = AnswerLimit };
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Checks the address.</summary>
    /// <exception cref="ProblemException">It is none, or it could not be reached without going past tor.</exception>
    public static Webhook Create(ReceiveRequest request, Func<string?> socks, ServiceContext service)
    {
        var shown = RemoteText.Show(request.WebhookUrl);
        if (!WebAddress.TryRead(request.WebhookUrl, out var address) || address.Scheme is not ("http" or "https"))
            throw Refuse($"The webhook address '{shown}' is no http or https address.", "Write it whole: https://example.org/path.");
        var isHere = IPAddress.TryParse(address.Host.Trim('[', ']'), out var number) && IPAddress.IsLoopback(number);
        if (request.LocalOnly && !isHere)
        {
            throw Refuse(
                $"A service without tor can't tell '{shown}': it would have to connect past tor.",
                "Leave out -LocalOnly, or take an address at 127.0.0.1.");
        }

        if (!request.LocalOnly && (isHere || address.IsLoopback))
            throw Refuse($"The webhook address '{shown}' is this computer's own, which tor does not connect to.", "Take an address that can be reached through tor.");
        return new Webhook(address, request.LocalOnly ? null : new TorProxy(socks, service.Id), service);
    }

    /// <summary>Queues a submission to be told of; never waits.</summary>
    public void Tell(Receipt receipt)
    {
        var body = new JsonObject
        {
            ["text"] = $"{receipt.Words} submitted to {_service.Name}",
            ["service"] = _service.Name,
            ["files"] = receipt.Files.Count,
            ["message"] = receipt.HasMessage,
            ["bytes"] = receipt.Bytes,
            ["names"] = new JsonArray([.. receipt.Saved.Take(MostNames).Select(name => JsonValue.Create(name))]),
        };
        if (!_queue.Writer.TryWrite(body)) _service.Warn("The webhook does not answer and too many submissions wait to be told; one was left out.");
    }

    /// <summary>Gives what is queued a last chance, a short one.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _ending.CancelAfter(EndLimit);
        await _worker;
        _client.Dispose();
        _ending.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var body in _queue.Reader.ReadAllAsync(_ending.Token)) await DeliverAsync(body.ToJsonString());
        }
        catch (OperationCanceledException)
        {
            if (_queue.Reader.Count > 0) _service.Warn($"The service ended before the webhook was told of {_queue.Reader.Count + 1} submissions.");
        }
    }

    private async Task DeliverAsync(string body)
    {
        for (var attempt = 0; ; attempt++)
        {
            var fault = await TryAsync(body);
            if (fault is null) return;
            if (attempt == Delays.Length)
            {
                _service.Warn($"The webhook was not told of a submission, after {attempt + 1} attempts: {RemoteText.Show(fault)}");
                return;
            }

            await Task.Delay(Delays[attempt], _service.Time, _ending.Token);
        }
    }

    private async Task<string?> TryAsync(string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json);
            using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = content };
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _ending.Token);
            return answer.IsSuccessStatusCode ? null : $"it answered {(int)answer.StatusCode}";
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            _ending.Token.ThrowIfCancellationRequested();
            return failure is OperationCanceledException ? "it did not answer in time" : failure.Message;
        }
    }

    private static ProblemException Refuse(string detail, string advice) => new(ProblemCodes.InvalidRequest, detail, advice);

    /// <summary>tor's SOCKS port, wherever tor is now. Nothing is ever let past it; while there is no tor, nothing is sent.</summary>
    private sealed class TorProxy(Func<string?> socks, string isolation) : IWebProxy
    {
        // tor gives streams of another user name and password circuits of their own (tor(1), IsolateSOCKSAuth).
        public ICredentials? Credentials { get; set; } = new NetworkCredential("onionshare-webhook", isolation);

        public Uri GetProxy(Uri destination) =>
            new($"socks5://{socks() ?? throw new HttpRequestException("tor is not there")}"); // SOCKS 5 hands over the name unresolved

        public bool IsBypassed(Uri host) => false;
    }
}
