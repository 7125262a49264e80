using System.Globalization;
using System.Threading.Channels;

namespace OnionShare.Engine.Cli.Watching;

/// <summary>Tells in lines what happens: for a file, a pipe, a log.</summary>
internal sealed class WatchLines
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(10);

    private readonly WatchBoard _board;
    private readonly TextWriter _output;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly HashSet<string> _linked = [];

    public WatchLines(WatchBoard board, TextWriter output)
    {
        _board = board;
        _output = output;
        board.Happened += happening => _lines.Writer.TryWrite(Line(happening.Time, happening.Text));
    }

    /// <summary>Tells until cancelled, or until nobody reads any more; then it cancels.</summary>
    public async Task RunAsync(CancellationTokenSource leaving)
    {
        var since = Environment.TickCount64;
        try
        {
            while (!leaving.IsCancellationRequested)
            {
                Links();
                if (Environment.TickCount64 - since > ProgressEvery.TotalMilliseconds)
                {
                    since = Environment.TickCount64;
                    Progress();
                }

                while (_lines.Reader.TryRead(out var line)) await _output.WriteLineAsync(line);
                await _output.FlushAsync(CancellationToken.None);
                await Task.Delay(200, leaving.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (IOException)
        {
            await leaving.CancelAsync();
        }
    }

    private static string Line(DateTimeOffset at, string text) => string.Create(CultureInfo.InvariantCulture, $"{at.ToLocalTime():yyyy-MM-dd HH:mm:ss} {text}");

    // Each service's link once, as soon as it has one.
    private void Links()
    {
        foreach (var service in _board.Now.Services)
        {
            if (service is { State: ServiceState.Running, Url: { } url } && _linked.Add(service.Id + url))
                _lines.Writer.TryWrite(Line(DateTimeOffset.Now, $"'{RemoteText.Show(service.Name, 60)}': {url}"));
        }
    }

    private void Progress()
    {
        foreach (var (transfer, rate) in _board.Now.Transfers.Where(one => !one.Transfer.IsEnded))
            _lines.Writer.TryWrite(Line(DateTimeOffset.Now, $"'{RemoteText.Show(transfer.ServiceName, 60)}': {transfer.Direction} of {RemoteText.Show(transfer.Name)}: {EventWords.Progress(transfer, rate)}"));
    }
}
