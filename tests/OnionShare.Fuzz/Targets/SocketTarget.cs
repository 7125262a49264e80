using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>Frames of a WebSocket (RFC 6455) to a chat room, with what is in them.</summary>
internal sealed class SocketTarget : Target<SocketTarget.Frame[]>
{
    private const int Renewal = 150;
    private LocalServices? _local;
    private Service? _room;
    private int _visits;

    public override string Name => "socket";

    public override int Count => 300;

    private static readonly Gen<byte[]> Messages = Mutation.Of(Corpus.Bytes("chat"), "\"type\":", "\"say\"", "\"n\":", "\\ud83e");

    // Most are what a browser sends: whole, of text, masked, with their own length.
    protected override Gen<Frame[]> Inputs { get; } = Gen.Select(
        Gen.Frequency((6, 1), (1, 0), (1, 2), (1, 8), (1, 9), (1, 10), (1, 3), (1, 15)), Gen.Frequency((6, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5)), Messages,
        (opcode, fault, payload) => new Frame(opcode, fault, payload)).Array[0, 6].Select(Gen.Bool, (frames, joins) =>
            joins ? [new Frame(1, 0, "{\"type\":\"join\"}"u8.ToArray()), .. frames] : frames);

    public override Task PrepareAsync(string folder)
    {
        _local = new LocalServices(folder);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_local is not null) await _local.DisposeAsync();
    }

    protected override async Task JudgeAsync(Frame[] input)
    {
        // Seats of members who broke off are kept for a while: now and then the room is another.
        if (_visits++ % Renewal == 0)
        {
            _room?.Stop(StopReason.Requested, force: true);
            _room = await _local!.StartAsync(new ChatRequest());
        }

        var port = LocalServices.PortOf(_room!);
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.ASCII.GetBytes($"GET /socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{LocalServices.Authorization}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"));
        foreach (var frame in input) frame.WriteTo(bytes);
        new Frame(8, 0, [0x03, 0xE8]).WriteTo(bytes); // 1000: goodbye
        var answer = await LocalServices.SendAsync(port, bytes.ToArray(), isWhole: true);
        // What breaks the protocol ends the connection at once, and what was on its way with it.
        if (answer.Length == 0 && input.Any(frame => frame is not { Opcode: 1, Fault: 0 } || !System.Text.Unicode.Utf8.IsValid(frame.Payload))) return;
        NotHeldException.Unless(LocalServices.Status(answer) == 101, $"no WebSocket: {Encoding.Latin1.GetString(answer)}");
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        Read(answer[(end + 4)..]);
        NotHeldException.Unless(_room!.Status.State == ServiceState.Running, $"the room does not run: {_room.Status}");
    }

    protected override string Show(Frame[] input) => string.Join("; ", input.Select(frame => $"opcode {frame.Opcode} fault {frame.Fault} {Corpus.Escape(frame.Payload)}"));

    // What the room sends is unmasked, whole, and JSON with a type.
    private static void Read(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 2)
        {
            var (opcode, length, head) = (bytes[0] & 0xF, bytes[1] & 0x7F, 2);
            NotHeldException.Unless((bytes[1] & 0x80) == 0, "the server masks: see the input");
            if (length == 126) (length, head) = (BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), 4);
            else if (length == 127) (length, head) = ((int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]), 10);
            if (bytes.Length < head + length) return; // cut off by the end
            var payload = bytes.Slice(head, length);
            if (opcode == 1)
            {
                using var json = JsonDocument.Parse(payload.ToArray());
                NotHeldException.Unless(json.RootElement.GetProperty("type").GetString() is { Length: > 0 }, "a message without a type: see the input");
            }
            else
            {
                NotHeldException.Unless(opcode is 8 or 9 or 10, $"a frame of no kind: {opcode}");
            }

            bytes = bytes[(head + length)..];
        }
    }

    /// <summary>A frame.</summary>
    /// <param name="Opcode">What it says to be.</param>
    /// <param name="Fault">0 none, 1 not the last, 2 not masked, 3 a reserved bit, 4 a length that is not its own, 5 a length of 2^63.</param>
    /// <param name="Payload">What is in it.</param>
    internal sealed record Frame(int Opcode, int Fault, byte[] Payload)
    {
        public void WriteTo(Stream stream)
        {
            ReadOnlySpan<byte> mask = [0x12, 0x34, 0x56, 0x78];
            var length = (ulong)Payload.Length + (Fault == 4 ? 3u : 0);
            stream.WriteByte((byte)((Fault == 1 ? 0 : 0x80) | (Fault == 3 ? 0x40 : 0) | Opcode));
            var masked = Fault == 2 ? 0 : 0x80;
            Span<byte> wide = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(wide, Fault == 5 ? 1UL << 63 : length);
            if (Fault == 5 || length > ushort.MaxValue)
            {
                stream.WriteByte((byte)(masked | 127));
                stream.Write(wide);
            }
            else if (length > 125)
            {
                stream.WriteByte((byte)(masked | 126));
                stream.Write(wide[6..]);
            }
            else
            {
                stream.WriteByte((byte)(masked | (int)length));
            }

            if (masked != 0) stream.Write(mask);
            for (var at = 0; at < Payload.Length; at++) stream.WriteByte((byte)(Payload[at] ^ (masked != 0 ? mask[at % 4] : 0)));
        }
    }
}
