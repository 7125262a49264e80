using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OnionShare.Bench.Peers;

/// <summary>nginx with one worker, sendfile, and no access log; it takes uploads, too (PUT).</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process _process;

    private Nginx(Process process, string url)
    {
        _process = process;
        Url = url;
    }

    public string Url { get; }

    public int Port => new Uri(Url).Port;

    /// <summary>How long a processor has worked for its worker so far.</summary>
    public double ProcessorSeconds
    {
        get
        {
            // proc(5): its children. By its name it is not found, since it writes a title over that.
            using var worker = Process.GetProcessById(int.Parse(File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children"), CultureInfo.InvariantCulture));
            return worker.TotalProcessorTime.TotalSeconds;
        }
    }

    public static async Task<Nginx> StartAsync(Workplace workplace, string root)
    {
        var folder = Directory.CreateDirectory(Path.Combine(workplace.Folder, "nginx")).FullName;
        var port = FreePort();
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off; worker_processes 1; pid {{folder}}/pid; error_log {{folder}}/error.log;
            {{(Environment.UserName == "root" ? "user root;" : "")}}
            events { worker_connections 1024; }
            http {
              access_log off; sendfile on; types { text/html html; } default_type application/octet-stream;
              client_body_temp_path {{folder}}/a; proxy_temp_path {{folder}}/b; fastcgi_temp_path {{folder}}/c; uwsgi_temp_path {{folder}}/d; scgi_temp_path {{folder}}/e;
              client_max_body_size 0; client_body_buffer_size 1m;
              server { listen 127.0.0.1:{{port}}; root {{root}}; dav_methods PUT; }
            }
            """);
        var program = new[] { "/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx" }.First(File.Exists);
        var process = Process.Start(new ProcessStartInfo(program, ["-c", configuration, "-e", $"{folder}/error.log"]))!;
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return new Nginx(process, $"http://127.0.0.1:{port}");
            }
            catch (SocketException) when (tries < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var quit = Process.Start("kill", ["-QUIT", $"{_process.Id}"]);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
