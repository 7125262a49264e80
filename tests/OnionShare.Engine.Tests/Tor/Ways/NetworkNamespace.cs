using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>
/// A network namespace with one cable to this one and no other way out (ip-netns(8), veth(4)): another host, as far as the network goes. It is made
/// by root on Linux only; elsewhere the test is skipped.
/// </summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private NetworkNamespace(string name, int subnet)
    {
        Name = name;

        // 198.18.0.0/15 is for tests (RFC 2544): no network in use has it.
        Outside = IPAddress.Parse($"198.18.{subnet}.1");
        Inside = IPAddress.Parse($"198.18.{subnet}.2");
    }

    public string Name { get; }

    /// <summary>The address of this end of the cable.</summary>
    public IPAddress Outside { get; }

    /// <summary>The address of the end inside.</summary>
    public IPAddress Inside { get; }

    private string Cable => Name + "a";

    public static async Task<NetworkNamespace> CreateAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: needs network namespaces, which only Linux has");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "skipped: only root makes network namespaces");
        Assert.SkipUnless(File.Exists("/usr/sbin/ip") || File.Exists("/sbin/ip"), "skipped: no ip; apt install iproute2");
        var made = new NetworkNamespace("os" + RandomNumberGenerator.GetHexString(8, lowercase: true), RandomNumberGenerator.GetInt32(256));
        var (code, refusal) = await RunAsync("netns", "add", made.Name);
        Assert.SkipUnless(code == 0, $"skipped: no network namespace can be made here: {refusal}");
        try
        {
            await MustAsync("link", "add", made.Cable, "type", "veth", "peer", "name", "inside", "netns", made.Name);
            await MustAsync("addr", "add", $"{made.Outside}/30", "dev", made.Cable);
            await MustAsync("link", "set", made.Cable, "up");
            await MustAsync("-n", made.Name, "addr", "add", $"{made.Inside}/30", "dev", "inside");
            await MustAsync("-n", made.Name, "link", "set", "inside", "up");
            await MustAsync("-n", made.Name, "link", "set", "lo", "up");
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pulls the cable out, or puts it in again.</summary>
    public Task PlugAsync(bool isIn) => MustAsync("link", "set", Cable, isIn ? "up" : "down");

    public async ValueTask DisposeAsync()
    {
        // The cable goes with the namespace.
        await MustAsync("netns", "del", Name);
    }

    private static async Task MustAsync(params string[] arguments)
    {
        var (code, said) = await RunAsync(arguments);
        if (code != 0) throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {said}");
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, said.Trim());
    }
}
