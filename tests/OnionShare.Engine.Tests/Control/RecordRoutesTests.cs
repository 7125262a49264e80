using System.Net;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>The routes of records for vaults, over the socket of an engine in a process of its own that writes a log.</summary>
public sealed class RecordRoutesTests : IAsyncLifetime
{
    private const string Password = "the-word-of-words";

    private readonly Scratch _scratch = new();
    private EngineProcess _engine = null!;
    private ControlClient _client = null!;

    private string Log => _scratch.At("log");

    public async ValueTask InitializeAsync()
    {
        _engine = EngineProcess.Start(_scratch, "serve", "--log", Log);
        _client = await ControlClient.WaitAsync(_scratch.Socket);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_record_goes_out_and_comes_in_again_and_its_secrets_are_in_no_log_and_no_file()
    {
        var service = await StartAsync();
        var record = await SendAsync<ServiceRecord>(HttpMethod.Post, Routes.Record(service.Id), null, HttpStatusCode.OK);
        Assert.Equal(("papers", null), (record.Service.Name, record.Service.Vault));
        var kept = await SendAsync<ServiceStatus>(
            HttpMethod.Put, Routes.Vault(service.Id), new VaultRequest { Vault = "Safe" }, HttpStatusCode.OK);
        Assert.Equal(("Safe", false), (kept.Vault, kept.Saved));
        var described = await SendAsync<SavedService>(
            HttpMethod.Post, Routes.Records, new RecordRequest { Document = record.Document, Vault = "Safe" }, HttpStatusCode.OK);
        Assert.Equal((service.Id, "Safe"), (described.ServiceId, described.Vault));
        var left = await SendAsync<ServiceStatus>(HttpMethod.Delete, Routes.Vault(service.Id), null, HttpStatusCode.OK);
        Assert.Null(left.Vault);
        await StopAsync(service.Id);

        var restore = new RestoreRecordRequest { Document = record.Document, Vault = "Safe", How = new RestoreRequest() };
        var again = await SendAsync<ServiceStatus>(HttpMethod.Post, Routes.RestoreRecord, restore, HttpStatusCode.Accepted);
        var running = await _client.SeenAsync(again.Id, status => status.State is ServiceState.Running or ServiceState.Failed);
        Assert.Equal((ServiceState.Running, Password, "Safe"), (running.State, running.Password, running.Vault));
        // Once more while it runs: it is what runs. Damaged: refused, and not logged either.
        Assert.Equal(again.Id, (await SendAsync<ServiceStatus>(HttpMethod.Post, Routes.RestoreRecord, restore, HttpStatusCode.OK)).Id);
        var damaged = restore with { Document = record.Document + "A" };
        Assert.Equal(ProblemCodes.SavedUnusable, (await RefusedAsync(Routes.RestoreRecord, damaged, HttpStatusCode.BadRequest)).Code);
        await StopAsync(again.Id);

        using (await _client.Http.DeleteAsync(Routes.Engine, Cancel)) await _engine.ExitAsync();
        var log = await File.ReadAllTextAsync(Log, Cancel);
        foreach (var secret in new[] { Password, record.Document, record.Document.Split('.')[2], record.Document.Split('.')[3] })
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
        Assert.Equal(["state/run", "state/run/engine.lock"], _scratch.Traces.Select(path => path.Replace('\\', '/')));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_secret_key_is_in_no_answer_to_a_GET()
    {
        var service = await StartAsync();
        await SendAsync<ServiceRecord>(HttpMethod.Post, Routes.Record(service.Id), null, HttpStatusCode.OK);
        foreach (var path in new[] { Routes.Record(service.Id), Routes.UpdateRecord(service.Id), Routes.Vault(service.Id), Routes.Records, Routes.RestoreRecord })
        {
            using var answer = await _client.Http.GetAsync(path, Cancel);
            await ControlClient.ProblemAsync(answer, HttpStatusCode.MethodNotAllowed);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"document":null}""")]
    [InlineData("""{"document":5}""")]
    [InlineData("""{"document":"x","how":{},"unknown":1}""")]
    public async Task A_body_that_is_none_is_refused_and_starts_nothing(string body)
    {
        foreach (var route in new[] { Routes.Records, Routes.RestoreRecord, Routes.GrantRecord, Routes.RevokeRecord, Routes.ExportRecord, Routes.ImportRecord })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await _client.Http.PostAsync(route, content, Cancel);
            await ControlClient.ProblemAsync(answer, HttpStatusCode.BadRequest);
        }

        Assert.Empty(await _client.GetAsync<IReadOnlyList<ServiceStatus>>(Routes.Services));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_document_of_many_megabytes_is_refused_and_the_engine_goes_on()
    {
        var problem = await RefusedAsync(Routes.Records, new RecordRequest { Document = new string('A', 5 << 20) }, HttpStatusCode.BadRequest);
        Assert.Equal("The record can't be used: it is too large.", problem.Detail);
        // What is beyond all measure is not even read to its end.
        var refusal = await Record.ExceptionAsync(() =>
            RefusedAsync(Routes.RestoreRecord, new RecordRequest { Document = new string('A', 40 << 20) }, HttpStatusCode.RequestEntityTooLarge));
        Assert.True(refusal is null or HttpRequestException, $"{refusal}");
        Assert.Equal(0, (await _client.EngineAsync()).Services);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(Routes.RestoreRecord, ""","how":null""")]
    [InlineData(Routes.GrantRecord, ""","grant":null""")]
    [InlineData(Routes.ExportRecord, ""","export":null""")]
    public async Task Half_a_request_is_refused_even_with_a_good_document(string route, string rest)
    {
        var service = await StartAsync();
        var record = await SendAsync<ServiceRecord>(HttpMethod.Post, Routes.Record(service.Id), null, HttpStatusCode.OK);
        await StopAsync(service.Id);
        using var content = new StringContent($$"""{"document":"{{record.Document}}"{{rest}}}""", Encoding.UTF8, "application/json");
        using var answer = await _client.Http.PostAsync(route, content, Cancel);
        Assert.Equal(ProblemCodes.InvalidRequest, (await ControlClient.ProblemAsync(answer, HttpStatusCode.BadRequest)).Code);
        Assert.Equal(0, (await _client.EngineAsync()).Services);
    }

    private async Task<ServiceStatus> StartAsync() => await _client.RunAsync(new ShareRequest
    {
        Paths = [_scratch.File("a.bin", 10)],
        LocalOnly = true,
        Name = "papers",
        Password = Password,
    });

    private async Task StopAsync(string id)
    {
        using var stopped = await _client.Http.DeleteAsync(Routes.Service(id) + "?force=true", Cancel);
        await _client.SeenAsync(id, status => status.State.IsEnded());
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string route, object? body, HttpStatusCode status)
    {
        using var answer = await AnswerAsync(method, route, body);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == status, text);
        return (T)JsonSerializer.Deserialize(text, ContractsJson.Default.GetTypeInfo(typeof(T))!)!;
    }

    private async Task<Problem> RefusedAsync(string route, object body, HttpStatusCode status)
    {
        using var answer = await AnswerAsync(HttpMethod.Post, route, body);
        return await ControlClient.ProblemAsync(answer, status);
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string route, object? body)
    {
        using var request = new HttpRequestMessage(method, route);
        if (body is not null)
        {
            var json = JsonSerializer.Serialize(body, ContractsJson.Default.GetTypeInfo(body.GetType())!);
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        return await _client.Http.SendAsync(request, Cancel);
    }
}
