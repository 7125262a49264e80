using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>Request lines, headers and bodies as bytes, to a running service of each mode.</summary>
internal sealed class RequestTarget : Target<RequestTarget.Request>
{
    private const string Secret = "not-for-strangers-0b5f";
    private const int CheckEvery = 25;
    private readonly List<Service> _services = [];
    private LocalServices? _local;
    private int _requests;

    public override string Name => "request";

    public override int Count => 200;

    protected override Gen<Request> Inputs { get; } = Gen.Select(
        Gen.Int[0, 3],
        Mutation.Of(Corpus.Bytes("request"), "GET ", "POST ", "PATCH ", "HTTP/1.1", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "Expect: 100-continue\r\n", "Upgrade: websocket\r\n", "Range: bytes=", "Host: ", "X-HTTP-Method-Override: PATCH\r\n", "/../", "/%2e%2e/", "http://evil.example/", "* "),
        Gen.Int[0, 9], (mode, bytes, stranger) => new Request(mode, bytes, stranger == 0));

    public override async Task PrepareAsync(string folder)
    {
        _local = new LocalServices(folder);
        var share = Directory.CreateDirectory(Path.Combine(folder, "files", "sub")).Parent!.FullName;
        await File.WriteAllTextAsync(Path.Combine(share, "a.txt"), "the shared file");
        await File.WriteAllTextAsync(Path.Combine(share, "sub", "b.txt"), "another");
        await File.WriteAllTextAsync(Path.Combine(share, "index.html"), "<!doctype html><title>site</title>");
        await File.WriteAllTextAsync(Path.Combine(folder, "outside.txt"), Secret);
        _services.Add(await _local.StartAsync(new ShareRequest { Paths = [share], KeepSharing = true }));
        _services.Add(await _local.StartAsync(new WebsiteRequest { Paths = [share] }));
        _services.Add(await _local.StartAsync(new ReceiveRequest { Path = Path.Combine(folder, "inbox"), MinFreeSpace = 0 }));
        _services.Add(await _local.StartAsync(new ChatRequest()));
    }

    public override async ValueTask DisposeAsync()
    {
        if (_local is not null) await _local.DisposeAsync();
    }

    protected override async Task JudgeAsync(Request input)
    {
        var service = _services[input.Mode];
        var port = LocalServices.PortOf(service);
        var text = Encoding.Latin1.GetString(input.Bytes).Replace("{host}", $"127.0.0.1:{port}", StringComparison.Ordinal)
            .Replace("{auth}", input.IsStranger ? "X: 1" : LocalServices.Authorization, StringComparison.Ordinal);
        var answer = await LocalServices.SendAsync(port, Encoding.Latin1.GetBytes(text), isWhole: false);
        var status = LocalServices.Status(answer);
        NotHeldException.Unless(status is not 500, "the server fails (500): see the input");
        var body = Encoding.Latin1.GetString(answer);
        NotHeldException.Unless(!body.Contains(Secret, StringComparison.Ordinal), "a file from outside the share: see the input");
        NotHeldException.Unless(!body.Contains("   at OnionShare", StringComparison.Ordinal), "a stack trace: see the input");
        if (input.IsStranger) NotHeldException.Unless(status is null or 400 or 401 or (>= 404 and <= 431) or 505, $"a stranger gets in: {status}");
        if (++_requests % CheckEvery == 0) await CheckAsync(port);
    }

    protected override string Show(Request input) => $"mode {input.Mode}{(input.IsStranger ? ", a stranger" : "")}: {Corpus.Escape(input.Bytes)}";

    // Whoever comes next is served.
    private static async Task CheckAsync(int port)
    {
        var answer = await LocalServices.SendAsync(port, Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{LocalServices.Authorization}\r\nConnection: close\r\n\r\n"), isWhole: true);
        NotHeldException.Unless(LocalServices.Status(answer) == 200, $"the next visitor is not served: {Encoding.Latin1.GetString(answer)}");
    }

    /// <summary>What comes over a connection.</summary>
    /// <param name="Mode">To which service.</param>
    /// <param name="Bytes">All of it, with <c>{host}</c> and <c>{auth}</c>.</param>
    /// <param name="IsStranger">Whether it is without the password.</param>
    internal sealed record Request(int Mode, byte[] Bytes, bool IsStranger);
}
