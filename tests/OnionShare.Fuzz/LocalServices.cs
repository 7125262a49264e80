using System.Net.Sockets;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine;
using OnionShare.Engine.Services;

namespace OnionShare.Fuzz;

/// <summary>An engine in this process, with services on 127.0.0.1, and requests to them written by hand.</summary>
internal sealed class LocalServices(string folder) : IAsyncDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(400);

    /// <summary>The password of every service.</summary>
    public const string Password = "constrict-purity-lantern";

    /// <summary>The header that shows the password.</summary>
    public static readonly string Authorization = "Authorization: Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("onionshare:" + Password));

    public Engine.Engine Engine { get; } = new(new EngineOptions { StateFolder = Path.Combine(folder, "state") }, TimeProvider.System);

    /// <summary>Starts a service and waits until it runs.</summary>
    public async Task<Service> StartAsync(ServiceRequest request)
    {
        using var events = Engine.Events.Listen();
        using var limit = new CancellationTokenSource(Target.Limit);
        var service = await Engine.Services.StartAsync(request with { LocalOnly = true, Password = Password, GuessLimit = 0 }, limit.Token);
        if (service.Status.State == ServiceState.Running) return service;
        await foreach (var _ in events.ReadAllAsync(limit.Token))
        {
            if (service.Status.State == ServiceState.Running) return service;
            NotHeldException.Unless(service.Status.State != ServiceState.Failed, $"a service that fails: {service.Status}");
        }

        throw new InvalidOperationException("The service did not start.");
    }

    /// <summary>Sends bytes as they are, and gives what comes back until the server closes or has no more to say.</summary>
    /// <param name="port">Where to.</param>
    /// <param name="request">The bytes.</param>
    /// <param name="isWhole">Whether the server must answer: it is not told that nothing more comes before it has.</param>
    public static async Task<byte[]> SendAsync(int port, ReadOnlyMemory<byte> request, bool isWhole)
    {
        using var limit = new CancellationTokenSource(Target.Limit);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port, limit.Token);
        using var answer = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            await socket.SendAsync(request, limit.Token);
            for (var isHalfClosed = false; ;)
            {
                var reading = socket.ReceiveAsync(buffer, limit.Token).AsTask();
                // A server that waits for the rest of a request, or keeps the connection for the next, is told that there is none.
                if (!isHalfClosed && !(isWhole && answer.Length == 0) && await Task.WhenAny(reading, Task.Delay(answer.Length > 0 ? Quiet : Slow, limit.Token)) != reading)
                {
                    isHalfClosed = true;
                    socket.Shutdown(SocketShutdown.Send);
                }

                // A page that streams for ever is read for a while only.
                if (isHalfClosed && answer.Length > 0 && await Task.WhenAny(reading, Task.Delay(Slow, limit.Token)) != reading) break;
                if (await reading is not (> 0 and var count)) break;
                answer.Write(buffer, 0, count);
            }
        }
        catch (SocketException)
        {
            // The server has hung up.
        }
        catch (OperationCanceledException)
        {
            throw new NotHeldException("no answer and no end: see the input");
        }

        return answer.ToArray();
    }

    /// <summary>The status of an answer; null when there was none.</summary>
    public static int? Status(ReadOnlySpan<byte> answer)
    {
        if (answer.IsEmpty) return null;
        var line = Encoding.Latin1.GetString(answer[..Math.Min(answer.Length, 13)]);
        NotHeldException.Unless(line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && line.Length == 13 && line[12] == ' ' && line[9] is >= '1' and <= '5' && char.IsAsciiDigit(line[10]) && char.IsAsciiDigit(line[11]), $"no status line: {line}");
        return int.Parse(line.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The port of a service.</summary>
    public static int PortOf(Service service) => new Uri(service.Status.Url!).Port;

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
