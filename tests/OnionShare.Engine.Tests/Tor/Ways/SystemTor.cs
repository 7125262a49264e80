using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>A tor that runs by itself in the private network and listens for controllers, as a system's does.</summary>
internal static class SystemTor
{
    public const string Password = "correct \"horse\" battery";

    /// <summary>With its cookie, on a port.</summary>
    public static async Task<(TorClient Tor, TorSettings Settings)> WithCookieAsync(TorNetworkFixture fixture)
    {
        var tor = await (await fixture.NetworkAsync()).StartClientAsync(new TorClientOptions { ControlPort = true }, Cancel);
        return (tor, At(tor.ControlEndpoint!.ToString()));
    }

    /// <summary>With a password only, on a port.</summary>
    public static async Task<(TorClient Tor, TorSettings Settings)> WithPasswordAsync(TorNetworkFixture fixture)
    {
        var network = await fixture.NetworkAsync();
        var tor = await network.StartClientAsync(
            new TorClientOptions { ControlPort = true, Torrc = ["CookieAuthentication 0", "HashedControlPassword " + await HashAsync(network.TorProgram)] }, Cancel);
        return (tor, At(tor.ControlEndpoint!.ToString()) with { ControlPassword = Password });
    }

    /// <summary>With its cookie, at a unix socket.</summary>
    public static async Task<(TorClient Tor, TorSettings Settings)> WithSocketAsync(TorNetworkFixture fixture, string folder)
    {
        var tor = await (await fixture.NetworkAsync()).StartClientAsync(
            new TorClientOptions { Torrc = [$"ControlSocket \"{folder}/control\"", "CookieAuthentication 1", $"CookieAuthFile \"{folder}/cookie\""] }, Cancel);
        return (tor, At($"unix:{folder}/control"));
    }

    /// <summary>The hash of <see cref="Password"/> for a torrc.</summary>
    public static async Task<string> HashAsync(string program)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["--quiet", "--hash-password", Password]) { RedirectStandardOutput = true })!;
        var hash = (await process.StandardOutput.ReadToEndAsync(Cancel)).Trim();
        await process.WaitForExitAsync(Cancel);
        Assert.StartsWith("16:", hash, StringComparison.Ordinal);
        return hash;
    }

    private static TorSettings At(string endpoint) => new() { Connection = TorConnectionType.ControlEndpoint, ControlEndpoint = endpoint };
}
