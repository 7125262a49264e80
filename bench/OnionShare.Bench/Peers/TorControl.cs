using System.Net;
using System.Net.Sockets;

namespace OnionShare.Bench.Peers;

/// <summary>A hand at tor's control port (control-spec), for what is measured without an engine. What it adds goes with it.</summary>
internal sealed class TorControl : IDisposable
{
    private readonly TcpClient _connection;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;

    private TorControl(TcpClient connection)
    {
        _connection = connection;
        _reader = new StreamReader(connection.GetStream());
        _writer = new StreamWriter(connection.GetStream()) { NewLine = "\r\n", AutoFlush = true };
    }

    public static async Task<TorControl> OpenAsync(IPEndPoint endpoint, string cookieFile)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(endpoint);
        var control = new TorControl(connection);
        await control.SendAsync($"AUTHENTICATE {Convert.ToHexString(await File.ReadAllBytesAsync(cookieFile))}");
        return control;
    }

    /// <summary>Sends a command; it is done when this returns.</summary>
    public async Task SendAsync(string command)
    {
        await _writer.WriteLineAsync(command);
        while (await _reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("250 ", StringComparison.Ordinal)) return;
            if (line[0] is '4' or '5') throw new InvalidOperationException($"{command.Split(' ')[0]}: {line}");
        }
    }

    /// <summary>Publishes an onion for a port of this machine; returns its address when its descriptor has been uploaded once.</summary>
    public async Task<string> PublishAsync(int port)
    {
        await SendAsync("SETEVENTS HS_DESC");
        await _writer.WriteLineAsync($"ADD_ONION NEW:ED25519-V3 Flags=DiscardPK Port=80,127.0.0.1:{port}");
        string? address = null;
        while (await _reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("250-ServiceID=", StringComparison.Ordinal)) address = line["250-ServiceID=".Length..];
            if (line.StartsWith("5", StringComparison.Ordinal)) throw new InvalidOperationException(line);
            if (address is not null && line.StartsWith("650 HS_DESC UPLOADED " + address, StringComparison.Ordinal)) return address + ".onion";
        }

        throw new InvalidOperationException("tor closed its control connection.");
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
        _connection.Dispose();
    }
}
