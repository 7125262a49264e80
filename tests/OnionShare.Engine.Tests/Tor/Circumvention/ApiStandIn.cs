using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OnionShare.Engine.Tests.Tor.Circumvention;

/// <summary>The Tor Project's circumvention API on 127.0.0.1, with the answers a test gives it; it remembers what it was asked.</summary>
internal sealed class ApiStandIn : IAsyncDisposable
{
    /// <summary>The name its certificate is for. No resolver knows it.</summary>
    public const string Name = "bridges.example";

    public const string Obfs4 = "obfs4 192.0.2.7:443 74FAD13168806246602538555B5521A0383A1875 cert=ssH+9rP8dG2NLDN2XuFw63hIO/9MNNinLmxQDpVa+7kTOa9/m+tGWT1SmSYpQ9uTBGa6Hw iat-mode=0";
    public const string Snowflake = "snowflake 192.0.2.3:80 2B280B23E1107BB62ABFC40DDCC8824814F80A72 fingerprint=2B280B23E1107BB62ABFC40DDCC8824814F80A72 url=https://broker.example/ fronts=a.example,b.example";

    private readonly WebApplication _app;

    private ApiStandIn(WebApplication app, X509Certificate2Collection roots)
    {
        _app = app;
        Roots = roots;
    }

    public int Port { get; private set; }

    /// <summary>The authority that signed its certificate, which nobody else trusts.</summary>
    public X509Certificate2Collection Roots { get; }

    /// <summary>The questions so far: the last part of the path, and the body.</summary>
    public ConcurrentQueue<(string What, string Body)> Asked { get; } = new();

    /// <summary>The names of the headers of the last question.</summary>
    public string[] Headers { get; private set; } = [];

    /// <summary>The answers by the last part of the path; what is not here is answered with 404.</summary>
    public ConcurrentDictionary<string, RequestDelegate> Answers { get; } = new();

    /// <summary>The address it really has, over http.</summary>
    public string Address => $"http://127.0.0.1:{Port}/moat";

    public static Task<ApiStandIn> HttpAsync() => StartAsync(null, []);

    /// <summary>Over https, with a certificate for <see cref="Name"/>.</summary>
    public static async Task<ApiStandIn> HttpsAsync(DateTimeOffset? until = null)
    {
        var now = DateTimeOffset.UtcNow;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = root.CreateSelfSigned(now.AddDays(-30), now.AddDays(30));
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + Name, own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var bare = request.Create(authority, now.AddDays(-20), until ?? now.AddDays(20), [1, 2, 3, 4]);
        using var whole = bare.CopyWithPrivateKey(own);
        return await StartAsync(
            X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null),
            [X509CertificateLoader.LoadCertificate(authority.RawData)]);
    }

    /// <summary>Answers with a text.</summary>
    public ApiStandIn Says(string what, string json, int status = 200)
    {
        Answers[what] = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(json, context.RequestAborted);
        };
        return this;
    }

    public static string Settings(string? country, params (string Type, string Source, string[] Lines)[] sets) => System.Text.Json.JsonSerializer.Serialize(new
    {
        settings = sets.Select(set => new { bridges = new { type = set.Type, source = set.Source, bridge_strings = set.Lines } }),
        country,
    });

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static async Task<ApiStandIn> StartAsync(X509Certificate2? certificate, X509Certificate2Collection roots)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(https => https.ServerCertificate = certificate);
        }));
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        var api = new ApiStandIn(builder.Build(), roots);
        api._app.Run(api.AnswerAsync);
        await api._app.StartAsync();
        api.Port = new Uri(api._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return api;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var what = context.Request.Path.Value!;
        const string Base = "/moat/circumvention/";
        what = what.StartsWith(Base, StringComparison.Ordinal) && context.Request.Method == "POST" ? what[Base.Length..] : $"{context.Request.Method} {what}";
        Asked.Enqueue((what, await reader.ReadToEndAsync(context.RequestAborted)));
        Headers = [.. context.Request.Headers.Keys.Order(StringComparer.Ordinal)];
        if (Answers.TryGetValue(what, out var answer))
            await answer(context);
        else
            context.Response.StatusCode = 404;
    }
}
