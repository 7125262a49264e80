using System.Net.Sockets;
using System.Text;
using OnionShare.Engine.Tests.Control;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Scheduling;

/// <summary>An engine as a service manager's unit: it says when it can be talked to.</summary>
public sealed class ReadinessTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task It_tells_the_service_manager_once_it_answers_and_so_does_one_that_gives_way()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: no service manager to tell");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var path = _scratch.At("notify");
        manager.Bind(new UnixDomainSocketEndPoint(path));
        var environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path };

        await using var engine = EngineProcess.Start(_scratch, environment, "serve");
        Assert.Equal("READY=1", await HearAsync(manager));
        using var client = new ControlClient(_scratch.Socket);
        Assert.Equal(engine.Id, (await client.EngineAsync()).ProcessId);

        await using var second = EngineProcess.Start(_scratch, environment, "serve");
        Assert.Equal("READY=1", await HearAsync(manager));
        Assert.Equal(0, await second.ExitAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task It_ends_with_a_sentence_where_the_service_manager_is_not_there()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: no service manager to tell");
        await using var engine = EngineProcess.Start(_scratch, new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _scratch.At("nobody") }, "serve");
        Assert.Equal(1, await engine.ExitAsync());
        Assert.Contains("The service manager can't be told", engine.Messages, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch.Socket));
    }

    private static async Task<string> HearAsync(Socket manager)
    {
        var buffer = new byte[100];
        var length = await manager.ReceiveAsync(buffer, Cancel).AsTask().WaitAsync(EngineProcess.Limit, Cancel);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
