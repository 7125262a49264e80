using System.Globalization;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>What a service says that it has, to somebody who lists and fetches it: nothing but documented problems, and no file outside the folder.</summary>
internal sealed class ListingTarget : Target<ListingTarget.Service>
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("0123456789abcdef");
    private static readonly string[] Known = [.. typeof(ProblemCodes).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];
    private readonly HostileServer _server = new();
    private Engine.Engine? _engine;
    private string _folder = "";

    public override string Name => "listing";

    public override int Count => 300;

    protected override Gen<Service> Inputs { get; } = Gen.Select(
        Mutation.Of(Corpus.Bytes("listing"), "\"schema\":1", "\"mode\":", "\"files\":[", "\"path\":", "\"length\":", "\"offset\":", "\"sha256\":", "\"url\":\"/", "null", "{}", "[null]", "\\ud800", "../", "<a href=\"", "//evil.example/"),
        Gen.Bool, Gen.OneOf(0, 0, 0, 1, 2, 3, 4), (index, expand, fault) => new Service(index, expand, fault));

    public override async Task PrepareAsync(string folder)
    {
        _engine = new Engine.Engine(new EngineOptions { StateFolder = Path.Combine(folder, "state") }, TimeProvider.System);
        _folder = Path.Combine(folder, "fetched");
        await _server.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        await _server.DisposeAsync();
    }

    protected override async Task JudgeAsync(Service input)
    {
        var isPage = input.Index.AsSpan().TrimStart((byte)' ').StartsWith("<"u8);
        _server.Answer = http => AnswerAsync(http, input, isPage);
        var beside = Directory.GetParent(_folder)!;
        try
        {
            await _engine!.Remote.ListAsync(new RemoteListRequest { Url = _server.Url, LocalOnly = true }, CancellationToken.None);
        }
        catch (ProblemException refused)
        {
            Documented(refused.Problem);
        }

        // Four connections, as people have; what breaks off is not waited for.
        await foreach (var one in _engine!.Remote.FetchAsync(
            new FetchRequest { Url = _server.Url, LocalOnly = true, Path = _folder, Expand = input.Expand, MaxSize = 1 << 20, Patience = TimeSpan.FromMilliseconds(1) }, CancellationToken.None))
        {
            if (one is ClientFailed failed) Documented(failed.Problem);
            if (one is FileFetched fetched) NotHeldException.Unless(fetched.Path.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal), $"a file out of the folder: {fetched.Path}");
        }

        NotHeldException.Unless(beside.EnumerateFileSystemInfos().All(entry => entry.Name is "fetched" or "state"), $"something beside the folder: {string.Join(", ", beside.EnumerateFileSystemInfos().Select(entry => entry.Name))}");
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    protected override string Show(Service input) => $"{Corpus.Escape(input.Index)}{(input.Expand ? " expanded" : "")} fault {input.Fault}";

    private static void Documented(Problem problem)
    {
        NotHeldException.Unless(problem.Code != ProblemCodes.Internal && Known.Contains(problem.Code), $"a problem nobody has thought of: {problem.Code} {problem.Detail}");
        NotHeldException.Unless(!$"{problem.Detail}{problem.Advice}".Any(char.IsControl), $"a control character in a problem: {problem.Detail}");
    }

    private static async Task AnswerAsync(HttpContext http, Service input, bool isPage)
    {
        if (http.Request.Path == "/files.json" || (isPage && http.Request.Path == "/"))
        {
            if (isPage && http.Request.Path != "/") http.Response.StatusCode = 404;
            else http.Response.ContentType = isPage ? "text/html" : "application/json";
            if (!isPage || http.Request.Path == "/") await http.Response.Body.WriteAsync(input.Index);
            return;
        }

        // 1: another length than was said; 2: cut off; 3: the whole where a part was asked for; 4: an error.
        var range = input.Fault == 3 ? null : http.Request.GetTypedHeaders().Range?.Ranges.Single();
        var (start, end) = ((int)Math.Min(range?.From ?? 0, Content.Length), (int)Math.Min((range?.To ?? (Content.Length - 1)) + 1, Content.Length));
        http.Response.Headers.ETag = "\"1\"";
        http.Response.StatusCode = input.Fault == 4 ? 404 : range is null ? 200 : 206;
        if (range is not null && input.Fault != 4) http.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{Math.Max(start, end - 1)}/{Content.Length + (input.Fault == 1 ? 1 : 0)}");
        if (HttpMethods.IsHead(http.Request.Method) || start >= end) return;
        await http.Response.Body.WriteAsync(Content.AsMemory(start, end - start));
        if (input.Fault == 2) http.Abort();
    }

    /// <summary>A service.</summary>
    /// <param name="Index">What it says that it has.</param>
    /// <param name="Expand">Whether archives are unpacked.</param>
    /// <param name="Fault">What is wrong with its downloads.</param>
    internal sealed record Service(byte[] Index, bool Expand, int Fault);
}
