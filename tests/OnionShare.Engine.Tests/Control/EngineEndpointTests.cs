using System.IO.Pipes;
using System.Net.Sockets;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>Sockets and pipes of engines, as both sides name them. Where there is no Windows, .NET makes pipes of unix sockets; Kestrel's are tried under Wine.</summary>
public sealed class EngineEndpointTests
{
    [Fact(Timeout = 120_000)]
    public async Task What_is_said_into_a_pipe_is_heard_at_its_other_end()
    {
        var name = $"onionshare-test-{Guid.NewGuid():N}";
        await using var server = new NamedPipeServerStream(
            name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        var accepted = server.WaitForConnectionAsync(Cancel);
        await using var client = await EngineEndpoint.ConnectAsync(EngineEndpoint.OfPipe(name), Cancel);
        await accepted;

        await client.WriteAsync("over"u8.ToArray(), Cancel);
        var heard = new byte[4];
        await server.ReadExactlyAsync(heard, Cancel);

        Assert.Equal("over"u8.ToArray(), heard);
    }

    [Fact(Timeout = 120_000)]
    public async Task Where_nobody_listens_a_pipe_and_a_socket_say_so_alike()
    {
        using var scratch = new Scratch();
        var pipe = EngineEndpoint.OfPipe($"onionshare-test-{Guid.NewGuid():N}");

        await Assert.ThrowsAsync<SocketException>(async () => await EngineEndpoint.ConnectAsync(pipe, Cancel));
        await Assert.ThrowsAsync<SocketException>(async () => await EngineEndpoint.ConnectAsync(scratch.At("nobody.sock"), Cancel));
    }

    [Fact]
    public void A_folder_has_one_pipe_however_its_name_is_written_and_another_folder_has_another()
    {
        using var scratch = new Scratch();
        var pipe = StatePaths.Pipe(scratch.State);

        Assert.StartsWith(@"\\.\pipe\onionshare-ps-", pipe, StringComparison.Ordinal);
        Assert.Equal(pipe, StatePaths.Pipe(scratch.State.ToUpperInvariant() + Path.DirectorySeparatorChar));
        Assert.Equal(pipe, StatePaths.Pipe(Path.Combine(scratch.State, "..", Path.GetFileName(scratch.State))));
        Assert.NotEqual(pipe, StatePaths.Pipe(scratch.Home));
    }

    [Fact]
    public void The_lock_is_below_the_state_folder_wherever_the_engine_listens()
    {
        using var scratch = new Scratch();
        Assert.Equal(Path.Combine(scratch.State, "run", "engine.lock"), StatePaths.LockFile(scratch.State));
    }
}
