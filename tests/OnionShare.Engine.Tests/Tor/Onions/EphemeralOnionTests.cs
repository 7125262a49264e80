using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Onions;

/// <summary>What tor is told of who may reach an onion, over tors in memory.</summary>
public sealed class EphemeralOnionTests : IAsyncDisposable
{
    private readonly InMemoryTors _tors = new();
    private readonly TorHost _host;

    public EphemeralOnionTests() =>
        _host = new TorHost(() => new TorSettings(), _ => _tors, TimeSpan.FromMinutes(5), HeartbeatTimes.Never, _ => { }, NullLogger.Instance, TimeProvider.System);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task Every_client_key_is_told_to_tor()
    {
        string[] keys = [ClientKey.Generate().PublicKey, ClientKey.Generate().PublicKey];
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600) with { ClientKeys = keys }, Cancel);
        Assert.Contains($" Flags=V3Auth ClientAuthV3={keys[0]} ClientAuthV3={keys[1]} ", _tors.Opened[0].Commands.Last(), StringComparison.Ordinal);
    }

    // tor takes an onion without any key as one for everybody.
    [Fact(Timeout = 120_000)]
    public async Task With_every_client_revoked_nobody_gets_in()
    {
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600) with { ClientKeys = [] }, Cancel);
        Assert.Matches(" Flags=V3Auth ClientAuthV3=[A-Z2-7]{52} ", _tors.Opened[0].Commands.Last());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_client_is_let_in_when_every_directory_has_the_descriptor_that_says_so()
    {
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600) with { ClientKeys = [] }, Cancel);
        var (tor, id) = (_tors.Opened[0], onion.Address[..^".onion".Length]);
        foreach (var directory in (string[])["$OLD", "$LATE"]) await tor.SendAsync($"650 HS_DESC UPLOAD {id} UNKNOWN {directory}");
        tor.Uploads = _ => false; // it says nothing of an upload by itself

        var letting = onion.SetClientKeysAsync([ClientKey.Generate().PublicKey], cut: false, Cancel);
        await Until.TrueAsync(() => tor.Commands.Count(command => command.StartsWith("ADD_ONION ", StringComparison.Ordinal)) == 2);
        await tor.SendAsync($"650 HS_DESC UPLOADED {id} UNKNOWN $OLD");
        await _host.Present!.Control.SendAsync("GETINFO version", Cancel);
        Assert.False(onion.IsPublished, "what was uploaded is the descriptor from before");

        foreach (var directory in (string[])["$A", "$B"]) await tor.SendAsync($"650 HS_DESC UPLOAD {id} UNKNOWN {directory}");
        await tor.SendAsync($"650 HS_DESC UPLOADED {id} UNKNOWN $A");
        await Until.TrueAsync(() => onion.IsPublished);
        await _host.Present!.Control.SendAsync("GETINFO version", Cancel);
        Assert.False(letting.IsCompleted, "a directory still has the one from before");
        await tor.SendAsync($"650 HS_DESC UPLOADED {id} UNKNOWN $B");
        await letting;
    }
}
