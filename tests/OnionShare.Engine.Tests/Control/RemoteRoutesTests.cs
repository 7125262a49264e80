using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OnionShare.Contracts;
using OnionShare.Engine.Control;
using OnionShare.Engine.Tests.Clients;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>The routes of the other end, asked by hand: whatever is left out has its default, and whatever can't be has a word for it.</summary>
public sealed class RemoteRoutesTests : IAsyncLifetime
{
    private const string Nowhere = "http://127.0.0.1:9/";

    private static readonly IReadOnlyDictionary<string, RemoteRequest> Smallest = new Dictionary<string, RemoteRequest>
    {
        [Routes.RemoteList] = new RemoteListRequest { Url = Nowhere },
        [Routes.RemoteFetch] = new FetchRequest { Url = Nowhere, Path = Path.GetTempPath() },
        [Routes.RemoteSend] = new SendRequest { Url = Nowhere },
        [Routes.RemoteChat] = new ChatVisitRequest { Url = Nowhere },
    };

    private readonly RemoteClient _other = new();
    private ControlSocket _socket = null!;
    private ControlServer _server = null!;
    private ControlClient _client = null!;

    /// <summary>Each route with each property of what it takes, and whether that may be null.</summary>
    public static IEnumerable<TheoryDataRow<string, string, bool>> Properties =>
        from route in Smallest
        from property in ContractsJson.Default.GetTypeInfo(route.Value.GetType())!.Properties
        select new TheoryDataRow<string, string, bool>(route.Key, property.Name, property.IsSetNullable);

    public async ValueTask InitializeAsync()
    {
        Assert.True(ControlSocket.TryTake(_other.Local.Scratch.State, out var socket));
        _socket = socket;
        _server = await ControlServer.StartAsync(_other.Local.Engine, socket, Cancel);
        _client = new ControlClient(socket.Path);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _socket.Dispose();
        await _other.DisposeAsync();
    }

    // The address is this computer, which nobody visits unasked: what is refused for that was understood.
    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Properties))]
    public async Task A_property_that_is_null_is_refused_in_words_or_counts_as_left_out(string route, string property, bool isNullable)
    {
        var body = BodyOf(Smallest[route]);
        body[property] = null;

        var problem = await RefusedAsync(route, body.ToJsonString());

        Assert.Equal(isNullable ? ProblemCodes.RemoteAddress : ProblemCodes.InvalidRequest, problem.Code);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Routes.RemoteFetch, "include", "[null]")]
    [InlineData(Routes.RemoteFetch, "include", "\"*.pdf\"")]
    [InlineData(Routes.RemoteFetch, "files", "[null]")]
    [InlineData(Routes.RemoteFetch, "path", "\"\"")]
    [InlineData(Routes.RemoteFetch, "path", "\"relative\"")]
    [InlineData(Routes.RemoteFetch, "existing", "9")]
    [InlineData(Routes.RemoteFetch, "connections", "0")]
    [InlineData(Routes.RemoteFetch, "connections", "17")]
    [InlineData(Routes.RemoteFetch, "maxSize", "-1")]
    [InlineData(Routes.RemoteFetch, "patience", "\"-00:00:01\"")]
    [InlineData(Routes.RemoteFetch, "patience", "\"00:00:00\"")]
    [InlineData(Routes.RemoteSend, "paths", "[null]")]
    [InlineData(Routes.RemoteSend, "paths", "[\"relative\"]")]
    [InlineData(Routes.RemoteSend, "name", "\" \"")]
    [InlineData(Routes.RemoteSend, "connections", "-1")]
    [InlineData(Routes.RemoteSend, "patience", "\"00:00:00\"")]
    public async Task A_value_that_can_t_be_is_no_request(string route, string property, string value)
    {
        var body = BodyOf(Smallest[route]);
        body[property] = JsonNode.Parse(value);

        var problem = await RefusedAsync(route, body.ToJsonString());

        Assert.Equal(ProblemCodes.InvalidRequest, problem.Code);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Routes.RemoteList)]
    [InlineData(Routes.RemoteFetch)]
    [InlineData(Routes.RemoteSend)]
    [InlineData(Routes.RemoteChat)]
    [InlineData(Routes.RemoteChat + "/x/say")]
    [InlineData(Routes.RemoteChat + "/x/name")]
    public async Task What_is_no_request_at_all_is_refused_in_words(string route)
    {
        foreach (var body in new[] { "", "null", "[]", "{", "{}", """{"text":null,"name":null}""" })
            Assert.Equal(ProblemCodes.InvalidRequest, (await RefusedAsync(route, body)).Code);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        foreach (var request in Smallest.Values)
        {
            var type = ContractsJson.Default.GetTypeInfo(request.GetType())!;
            var read = JsonSerializer.Deserialize(BodyOf(request).ToJsonString(), type);
            Assert.Equal(JsonSerializer.Serialize(request, type), JsonSerializer.Serialize(read, type));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_is_fetched_by_its_address_and_a_folder_alone()
    {
        var bytes = Scratch.Bytes(5000);
        await using var server = await HostileServer.ShareAsync("a.bin", bytes.Length, HostileServer.Honest(bytes));

        using var answer = await PostAsync(Routes.RemoteFetch, $$"""{"url":"{{server.Url}}","localOnly":true,"path":{{JsonSerializer.Serialize(_other.Folder)}}}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("\"done\"", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_other.Folder, "a.bin"), Cancel));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("null")]
    [InlineData("5")]
    public async Task A_test_of_a_service_takes_a_body_or_says_so(string key)
    {
        var service = await _client.RunAsync(new ShareRequest { Paths = [_other.Local.Scratch.File("a.bin", 10)], LocalOnly = true });

        using var answer = await PostAsync(Routes.ServiceTest(service.Id), $$"""{"clientKey":{{key}}}""");

        if (key == "null") Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        else Assert.Equal(ProblemCodes.InvalidRequest, (await ControlClient.ProblemAsync(answer, HttpStatusCode.BadRequest)).Code);
    }

    // What must be given, and nothing else.
    private static JsonObject BodyOf(RemoteRequest request)
    {
        var body = new JsonObject { ["url"] = request.Url };
        if (request is FetchRequest fetch) body["path"] = fetch.Path;
        return body;
    }

    private Task<HttpResponseMessage> PostAsync(string route, string body) => _client.Http.PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

    private async Task<Problem> RefusedAsync(string route, string body)
    {
        using var answer = await PostAsync(route, body);
        return await ControlClient.ProblemAsync(answer, HttpStatusCode.BadRequest);
    }
}
