using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OnionShare.Engine.Tor.Keys;
using OnionShare.TorNetwork;

namespace OnionShare.Engine.Tests.TorNetwork;

/// <summary>
/// Debian's onionbalance in the private network, with a tor of its own: fetches the backends' descriptors and publishes the front's. In a test
/// network it fetches every 20 s and at every new consensus (20 s too), and publishes anew what has changed within 10 s.
/// </summary>
internal sealed class OnionbalanceProcess : IAsyncDisposable
{
    // PKCS #8 of an ed25519 seed (RFC 8410 §7): what onionbalance-config writes.
    private static readonly byte[] KeyHeader = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare-balance-").FullName;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly SemaphoreSlim _logged = new(0);
    private TorClient? _tor;
    private Process? _process;

    /// <summary>Draws the front's key.</summary>
    public OnionbalanceProcess()
    {
        var seed = RandomNumberGenerator.GetBytes(32);
        using (var key = OnionKey.FromSeed(seed)) Front = key.Address;
        File.WriteAllText(KeyFile, $"-----BEGIN PRIVATE KEY-----\n{Convert.ToBase64String([.. KeyHeader, .. seed])}\n-----END PRIVATE KEY-----\n");
    }

    /// <summary>The front's address.</summary>
    public string Front { get; }

    private string KeyFile => Path.Combine(_folder, "front.key");

    /// <summary>Starts it; it balances between these backends.</summary>
    public async Task StartAsync(PrivateTorNetwork network, params string[] backends)
    {
        var program = Requires.Onionbalance();
        var config = Path.Combine(_folder, "config.yaml");
        var text = new StringBuilder("services:\n- key: front.key\n  instances:\n");
        foreach (var backend in backends) text.Append(CultureInfo.InvariantCulture, $"  - address: {backend}\n");
        await File.WriteAllTextAsync(config, text.ToString(), Cancel);
        _tor = await network.StartClientAsync(new TorClientOptions { ControlPort = true }, Cancel);
        var control = _tor.ControlEndpoint!;
        var start = new ProcessStartInfo(program, ["--is-testnet", "-v", "info", "-i", $"{control.Address}", "-p", $"{control.Port}", "-c", config])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits for a line of its log that holds all of these, among those not looked at yet.</summary>
    public async Task SaysAsync(TimeSpan limit, params string[] parts)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(limit);
        var seen = new StringBuilder();
        try
        {
            while (true)
            {
                await _logged.WaitAsync(late.Token);
                if (!_log.TryDequeue(out var line)) continue;
                if (parts.All(part => line.Contains(part, StringComparison.Ordinal))) return;
                seen.AppendLine(line);
            }
        }
        catch (OperationCanceledException silent) when (!Cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"onionbalance did not say «{string.Join(" … ", parts)}» within {limit.TotalSeconds:0} s, but:\n{seen}", silent);
        }
    }

    /// <summary>Looks at nothing any more that it has said so far.</summary>
    public void SkipLog()
    {
        while (_logged.Wait(0)) _log.TryDequeue(out _);
    }

    /// <summary>Waits until the front's descriptor goes out again, with introductions to so many backends.</summary>
    public async Task PublishesAsync(TimeSpan limit, int backends)
    {
        // On a busy machine it publishes what it has before it has fetched the other's descriptor, and visitors keep the front's that they got.
        await SaysAsync(limit, $"intros from {backends} instances");
        // One for each of the two time periods that visitors may be in.
        await SaysAsync(limit, "Uploading first descriptor for " + Front);
        await SaysAsync(limit, "Uploading second descriptor for " + Front);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        if (_tor is not null) await _tor.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _logged.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        _log.Enqueue(line);
        _logged.Release();
    }
}
