using System.Net.Http.Headers;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Modes.Receive;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>A receive service on this computer only, with an inbox of its own.</summary>
internal sealed class Inboxed : IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly ServiceRegistry _services;
    private readonly bool _ownsFolder;

    private Inboxed(Engine engine, ServiceRegistry services, Service service, string root, bool ownsFolder)
    {
        (_engine, _services, Service, Root, _ownsFolder) = (engine, services, service, root, ownsFolder);
        Client = new HttpClient { BaseAddress = new Uri($"http://{service.Status.Address}"), Timeout = TimeSpan.FromMinutes(5) };
        if (service.Status.Password is { } password)
        {
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"onionshare:{password}"));
            Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        }
    }

    public Service Service { get; }

    /// <summary>The folder that holds the inbox; its child <c>inbox</c> is what visitors fill.</summary>
    public string Root { get; }

    /// <summary>What the engine has to say of it.</summary>
    public IReadOnlyList<LogRecord> Log => _engine.Log.Read([]);

    public string Inbox => Path.Combine(Root, "inbox");

    public HttpClient Client { get; }

    public int Port => Client.BaseAddress!.Port;

    public IReadOnlyList<Transfer> Transfers => Service.Context.Transfers.Snapshot();

    /// <summary>The names of all files of submissions; a message, which has its moment in its name, is called <c>message.txt</c>.</summary>
    public string[] Files => [.. AllFiles.Select(NameOf).Order(StringComparer.Ordinal)];

    /// <summary>A file's name; a message's without its moment.</summary>
    public static string NameOf(string file) =>
        System.Text.RegularExpressions.Regex.Replace(Path.GetFileName(file), @"^message-\d{4}-\d\d-\d\d-\d{6}\.\d{6}\.txt$", "message.txt");

    /// <summary>All files of submissions.</summary>
    public string[] AllFiles => [.. Everything.Where(File.Exists)];

    /// <summary>Files and folders in the inbox, the hidden state left out.</summary>
    public string[] Everything => Directory.Exists(Inbox)
        ? [.. Directory.GetFileSystemEntries(Inbox, "*", SearchOption.AllDirectories).Where(path => !path.Contains(".uploads", StringComparison.Ordinal))]
        : [];

    public static async Task<Inboxed> StartAsync(
        Func<ReceiveRequest, ReceiveRequest>? change = null, string? root = null, Func<long>? freeSpace = null, TimeProvider? time = null)
    {
        var folder = root ?? Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        var request = new ReceiveRequest { Path = Path.Combine(folder, "inbox"), LocalOnly = true, Public = true, MinFreeSpace = 0 };
        request = change?.Invoke(request) ?? request;
        var engine = new Engine(new EngineOptions { StateFolder = Path.Combine(folder, "state") }, TimeProvider.System);
        var services = new ServiceRegistry(
            asked => new ReceiveMode((ReceiveRequest)asked, () => null, freeSpace, time),
            (context, mode, cancel) => ServiceWebServer.StartAsync(context, mode, engine.Loggers, cancel),
            engine.Tor, engine.Events, time ?? TimeProvider.System, engine.Loggers);
        try
        {
            using var listener = engine.Events.Listen();
            var service = await services.StartAsync(request, Cancel);
            await Until.ServiceAsync(listener, service, status => status.State == ServiceState.Running);
            return new Inboxed(engine, services, service, folder, root is null);
        }
        catch
        {
            await engine.DisposeAsync();
            if (root is null) Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public Task<Transfer> OnlyEndedAsync() => EndedAsync(0);

    public async Task<Transfer> EndedAsync(int index)
    {
        await Until.TrueAsync(() => Transfers.Count > index && Transfers[index].IsEnded);
        return Transfers[index];
    }

    public Task<HttpResponseMessage> PostAsync(HttpContent form, string path = "/upload-ajax") =>
        Client.PostAsync(path, form, Cancel);

    public static MultipartFormDataContent Form(params (string Field, string? FileName, string Content)[] parts)
    {
        var form = new MultipartFormDataContent();
        foreach (var (field, fileName, content) in parts) form.Add(Part(field, fileName, Encoding.UTF8.GetBytes(content)));
        return form;
    }

    /// <summary>One part, with the name as browsers write it: UTF-8 as it is.</summary>
    public static ByteArrayContent Part(string field, string? fileName, byte[] content)
    {
        var part = new ByteArrayContent(content);
        var disposition = $"form-data; name=\"{field}\"" + (fileName is null ? "" : $"; filename=\"{fileName}\"");
        part.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        return part;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _services.CloseAsync(StopReason.EngineStopped, force: true);
        await _engine.DisposeAsync();
        if (_ownsFolder) Directory.Delete(Root, recursive: true);
    }
}
