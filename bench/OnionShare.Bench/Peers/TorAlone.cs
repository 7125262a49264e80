using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionShare.TorNetwork;

namespace OnionShare.Bench.Peers;

/// <summary>tor without an engine, as somebody uses it by hand: an onion before the smallest server there is.</summary>
internal static class TorAlone
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>At a tor that runs: from the login to the upload, and until the other side has fetched the page.</summary>
    public static Task<TorBench.Times> WarmAsync(TorClient host, Func<string, Task> fetchAsync) =>
        TimeAsync(Stopwatch.StartNew(), host.ControlEndpoint!, host.ControlCookieFile, fetchAsync);

    /// <summary>With a tor that is started for it, in a data folder that is kept, as the engine keeps its own.</summary>
    public static async Task<TorBench.Times> ColdAsync(Workplace workplace, string include, Func<string, Task> fetchAsync)
    {
        var folder = Directory.CreateDirectory(workplace.Home("tor-alone")).FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (torrc, port, cookie) = (Path.Combine(folder, "torrc"), Path.Combine(folder, "control-port"), Path.Combine(folder, "control-cookie"));
        File.Delete(port);
        File.Delete(cookie);
        await File.WriteAllTextAsync(torrc, $"""
            %include "{include}"
            DataDirectory {folder}
            SocksPort 127.0.0.1:auto
            ControlPort 127.0.0.1:auto
            ControlPortWriteToFile {port}
            CookieAuthentication 1
            CookieAuthFile {cookie}
            AvoidDiskWrites 1
            ShutdownWaitLength 0
            __OwningControllerProcess {Environment.ProcessId}

            """);
        var program = TorPrograms.Find()?.Tor ?? throw new InvalidOperationException(TorPrograms.WhatIsMissing());
        var clock = Stopwatch.StartNew();
        using var tor = Process.Start(new ProcessStartInfo(program, ["--defaults-torrc", "/nowhere", "--ignore-missing-torrc", "-f", torrc, "--quiet"]))!;
        try
        {
            return await TimeAsync(clock, await EndpointAsync(port, cookie, clock), cookie, fetchAsync);
        }
        finally
        {
            tor.Kill();
            await tor.WaitForExitAsync();
        }
    }

    private static async Task<TorBench.Times> TimeAsync(Stopwatch clock, IPEndPoint endpoint, string cookie, Func<string, Task> fetchAsync)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerOnceAsync(listener);
        using var control = await TorControl.OpenAsync(endpoint, cookie);
        var address = await control.PublishAsync(((IPEndPoint)listener.LocalEndpoint).Port);
        var published = clock.Elapsed.TotalSeconds;
        await fetchAsync($"http://{address}/");
        var fetched = clock.Elapsed.TotalSeconds;
        await answering;
        return new TorBench.Times(published, fetched);
    }

    /// <summary>The control port that a tor has written into the file it was given for that; it writes the cookie after it.</summary>
    private static async Task<IPEndPoint> EndpointAsync(string portFile, string cookieFile, Stopwatch clock)
    {
        while (!File.Exists(portFile) || !File.Exists(cookieFile) || new FileInfo(cookieFile).Length == 0)
        {
            if (clock.Elapsed > StartLimit) throw new InvalidOperationException("tor did not open its control port.");
            await Task.Delay(2);
        }

        return ReadPort(portFile);
    }

    /// <summary>The last control port in such a file.</summary>
    public static IPEndPoint ReadPort(string portFile) => IPEndPoint.Parse(File.ReadAllLines(portFile)[^1]["PORT=".Length..]);

    private static async Task AnswerOnceAsync(TcpListener listener)
    {
        using var connection = await listener.AcceptTcpClientAsync();
        await using var stream = connection.GetStream();
        var buffer = new byte[4096];
        _ = await stream.ReadAsync(buffer);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
    }
}
