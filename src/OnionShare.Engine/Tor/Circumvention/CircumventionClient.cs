using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OnionShare.Engine.Tor.Tunnels;

namespace OnionShare.Engine.Tor.Circumvention;

/// <summary>
/// The Tor Project's circumvention settings API (rdsys, doc/moat.md), over connections that somebody else opens. Nothing but these connections is
/// ever made: no redirect is followed, no name resolved, no certificate fetched, no proxy of the environment used.
/// </summary>
internal sealed class CircumventionClient : IDisposable
{
    public static readonly Uri TorProject = new("https://bridges.torproject.org/moat");

    // All built-in bridges together are some 10 kB.
    private const int LongestAnswer = 1024 * 1024;
    private const string MediaType = "application/vnd.api+json";
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly string _base;
    private readonly TimeSpan _limit;
    private readonly HttpClient _client;

    /// <summary>Makes a client; nothing is opened before something is asked.</summary>
    /// <param name="source">The API's address; see <see cref="CircumventionSource"/>.</param>
    /// <param name="open">Opens a connection to a host and port.</param>
    /// <param name="limit">How long one answer may take.</param>
    /// <param name="roots">The certificate authorities to trust in place of this computer's; null for those.</param>
    public CircumventionClient(
        Uri source, Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> open, TimeSpan limit, X509Certificate2Collection? roots = null)
    {
        _base = source.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/circumvention/";
        _limit = limit;
        _client = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = (context, cancellationToken) => open(context.DnsEndPoint, cancellationToken),
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 16,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = ChainPolicy(roots) },
        })
        {
            MaxResponseContentBufferSize = LongestAnswer,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <exception cref="ProblemException"><see cref="ProblemCodes.BridgesNotFound"/>: it can't be asked, or answers nonsense.</exception>
    public Task<CircumventionAnswer> SettingsAsync(CircumventionQuestion question, CancellationToken cancellationToken) =>
        AskAsync("settings", question, CircumventionJson.Default.CircumventionAnswer, cancellationToken);

    /// <summary>Asks what to try where nothing else is known.</summary>
    /// <exception cref="ProblemException">As <see cref="SettingsAsync"/>.</exception>
    public Task<CircumventionAnswer> DefaultsAsync(IReadOnlyList<string>? transports, CancellationToken cancellationToken) =>
        AskAsync("defaults", new CircumventionQuestion(null, transports), CircumventionJson.Default.CircumventionAnswer, cancellationToken);

    /// <summary>Asks for the bridges everybody gets, by transport.</summary>
    /// <exception cref="ProblemException">As <see cref="SettingsAsync"/>.</exception>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string?>?>> BuiltInAsync(CancellationToken cancellationToken) =>
        AskAsync("builtin", new CircumventionQuestion(), CircumventionJson.Default.IReadOnlyDictionaryStringIReadOnlyListString, cancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task<T> AskAsync<T>(string what, CircumventionQuestion question, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _base + what);
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(question, CircumventionJson.Default.CircumventionQuestion));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
            using var answer = await _client.SendAsync(request, limit.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(limit.Token);
            return Read(answer.StatusCode, body, type);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"did not answer within {_limit.TotalSeconds:0} s", "Try again, or ask by another way.");
        }
        catch (HttpRequestException failure)
        {
            throw Failed(Reason(failure), "Try again, or ask by another way.", failure);
        }
    }

    private T Read<T>(HttpStatusCode status, byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        if ((int)status is >= 300 and < 400)
            throw Failed("wants to send the question on to another address, which is not done", "Give the right address with Source.");
        try
        {
            // The service says what is wrong in the body, most of the time with the status 200.
            var whole = JsonSerializer.Deserialize(body, CircumventionJson.Default.JsonElement);
            if (whole.ValueKind == JsonValueKind.Object && whole.TryGetProperty("errors", out _))
            {
                var answer = whole.Deserialize(CircumventionJson.Default.CircumventionAnswer)!;
                return answer as T ?? throw Failed($"answers: {(answer.Errors is [{ } error, ..] ? Shown(error) : "an error")}", null);
            }

            if (status == HttpStatusCode.OK)
                return whole.Deserialize(type) ?? throw new JsonException("It is null.");
        }
        catch (JsonException failure) when (status == HttpStatusCode.OK)
        {
            throw Failed("answers what is not understood", "Something between here and the service may answer in its place: ask by another way.", failure);
        }
        catch (JsonException)
        {
            // The page of a web server or of a proxy: its status says more than its text.
        }

        throw Failed($"answers with the status {(int)status}", "Try again later, or ask by another way.");
    }

    public static string Shown(CircumventionError error) => $"{error.Code} {RemoteText.Show(error.Detail, 100)}".TrimEnd();

    private static string Reason(HttpRequestException failure) => failure switch
    {
        { InnerException: TunnelException tunnel } => $"can't be reached: {tunnel.Message.TrimEnd('.')}",
        { InnerException: AuthenticationException tls } => $"can't be trusted: {RemoteText.Show(tls.Message.TrimEnd('.'))}",
        { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => $"answers more than {LongestAnswer / 1024} KiB",
        { InnerException: IOException broken } => $"can't be asked, the connection broke: {RemoteText.Show(broken.Message.TrimEnd('.'))}",
        _ => $"can't be asked: {RemoteText.Show(failure.Message.TrimEnd('.'))}",
    };

    private ProblemException Failed(string what, string? advice, Exception? cause = null) => new(
        ProblemCodes.BridgesNotFound, $"The circumvention service at {RemoteText.Show(_base)} {what}.", advice, _base, cause: cause);

    // By itself a chain that lacks a link has it fetched from the address the certificate names: past every route.
    private static X509ChainPolicy ChainPolicy(X509Certificate2Collection? roots)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = roots is null ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
        };
        policy.ApplicationPolicy.Add(ServerAuthentication);
        if (roots is not null)
            policy.CustomTrustStore.AddRange(roots);
        return policy;
    }
}
