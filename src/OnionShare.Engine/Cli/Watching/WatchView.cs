using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OnionShare.Engine.Cli.Watching;

/// <summary>Draws what there is to see, in as many lines as the screen has.</summary>
/// <param name="size">The screen's width and height in characters.</param>
/// <param name="hasColors">Whether it may use colors.</param>
internal sealed class WatchView((int Width, int Height) size, bool hasColors)
{
    /// <summary>Stands for a row that the line before it goes on into.</summary>
    public const string Continued = "\0";

    private const int FewestEvents = 4;

    // The head and the foot, the names of the columns, and what is empty between them.
    private const int Around = 5;
    private const int BarWidth = 12;

    // The longest there is room for; how to quit comes first where there is little.
    private static readonly string[] Keys =
    [
        "↑↓ choose   c copy link   r QR code   s stop   o open folder   q quit",
        "↑↓ choose  c copy  r QR  s stop  o open  q quit",
        "q quit  c copy  r QR  s stop  o open",
    ];

    private static readonly Style Plain = Style.Plain;
    private static readonly Style Dim = new(decoration: Decoration.Dim);
    private static readonly Style Strong = new(decoration: Decoration.Bold);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Bad = new(Color.Red);
    private static readonly Style Busy = new(Color.Yellow);

    /// <summary>All of it.</summary>
    /// <param name="now">What there is to see.</param>
    /// <param name="question">What the person is asked; null for nothing.</param>
    /// <param name="time">The time of day.</param>
    public IReadOnlyList<string> Draw(WatchedNow now, string? question, DateTimeOffset time)
    {
        var lines = new List<string>();
        lines.AddRange(Render(Head(now, time)));
        lines.Add("");
        var (services, transfers) = Shares(now, size.Height - Around - UrlRows(now.Chosen));
        lines.AddRange(services == 0 ? [Empty(now)] : Render(Services(now, services, time)));
        lines.Add("");
        if (now.Chosen is { Url: { } url })
        {
            // Raw, from the first column on, and broken by the terminal itself: so a mouse copies it whole.
            lines.Add(url);
            lines.AddRange(Enumerable.Repeat(Continued, Rows(url) - 1));
            lines.Add("");
        }

        if (transfers > 0)
        {
            lines.AddRange(Render(Transfers(now, transfers)));
            lines.Add("");
        }

        lines.AddRange(Render(Events(now, Math.Max(1, size.Height - lines.Count - 2))));
        while (lines.Count < size.Height - 1) lines.Add("");
        if (lines.Count > size.Height - 1) lines.RemoveRange(size.Height - 1, lines.Count - size.Height + 1);
        lines.AddRange(Render(Foot(now, question)));
        return lines;
    }

    /// <summary>A link as a QR code, and below it as text.</summary>
    public IReadOnlyList<string> DrawCode(string url, IReadOnlyList<string> code)
    {
        var lines = new List<string>();
        var fits = code.Count + Rows(url) <= size.Height && code[0].Length <= size.Width;
        if (fits) lines.AddRange(code);
        else lines.AddRange(Render(Line(new OneLine($"The QR code needs {code[0].Length} columns, {code.Count + Rows(url)} rows: make the window larger.", Busy))));
        lines.Add(url);
        lines.AddRange(Enumerable.Repeat(Continued, Rows(url) - 1));
        if (lines.Count < size.Height) lines.AddRange(Render(Line(new OneLine("Press any key to go back.", Dim))));
        return lines;
    }

    private int Rows(string url) => (url.Length + size.Width - 1) / size.Width;

    private int UrlRows(ServiceStatus? chosen) => chosen?.Url is { } url ? Rows(url) + 1 : 0;

    // How many of the services and of the transfers there is room for, below which some events are told.
    private static (int Services, int Transfers) Shares(WatchedNow now, int rows)
    {
        var room = Math.Max(1, rows - FewestEvents);
        var services = Math.Min(now.Services.Count, Math.Max(1, room - Math.Min(now.Transfers.Count, room / 2)));
        return (services, Math.Clamp(room - services - 1, 0, now.Transfers.Count));
    }

    private string Empty(WatchedNow now) => Render(Line(new OneLine(
        now.Trouble is { } trouble ? trouble
            : now.IsEngineThere is null ? "Looking for the engine."
            : now.IsEngineThere is true ? "No service runs. What is started later shows up here."
            : "No engine runs, so there are no services. What is started later shows up here.",
        now.Trouble is null ? Dim : Bad)))[0];

    private Grid Head(WatchedNow now, DateTimeOffset time)
    {
        var alive = now.Services.Count(one => !one.State.IsEnded());
        var (tor, style) = Tor(now.Tor);
        var clock = time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        var left = $"OnionShare  {alive} {(alive == 1 ? "service" : "services")}  ";
        if (left.Length + clock.Length + 12 > size.Width) return Line(new OneLine(tor, style));
        return Row((left.Length, new OneLine(left, Strong)), (size.Width - left.Length - clock.Length - 2, new OneLine(tor, style)), (clock.Length, new OneLine(clock, Dim)));
    }

    private static (string Text, Style Style) Tor(TorStatus? tor) => tor switch
    {
        null => ("", Dim),
        { State: TorState.Connected, Weakness: { } weakness } => ($"tor is connected. {weakness}", Busy),
        { State: TorState.Connected } => ($"tor {tor.Version?.Split(' ')[0]} is connected{(tor.Transports.Count > 0 ? " over " + string.Join(", ", tor.Transports) : "")}", Good),
        { State: TorState.Bootstrapping } => ($"tor is connecting, {tor.BootstrapPercent} %: {tor.BootstrapSummary}", Busy),
        { State: TorState.Off } => ("tor is off: nothing needs it", Dim),
        { State: TorState.Starting } => ("tor is starting", Busy),
        _ => (EventWords.Of(tor), Bad),
    };

    private Grid Services(WatchedNow now, int count, DateTimeOffset time)
    {
        // The last columns are left out where there is no room for them.
        int[] widths = [1, 15, 7, 12, 7, 5, 10, 11];
        var columns = widths.Length;
        while (columns > 2 && widths.Take(columns).Sum() + columns - 1 > size.Width) columns--;
        widths[1] += Math.Max(-10, size.Width - widths.Take(columns).Sum() - columns + 1);
        var grid = Grid(widths[..columns]);
        grid.AddRow([.. new[] { "", "Name", "Mode", "State", "Visits", "Done", "Age/End", "Address" }.Take(columns).Select(label => new OneLine(label, Dim))]);
        // The chosen one is always among those shown.
        var chosen = now.Services.ToList().FindIndex(one => one.Id == now.Chosen?.Id);
        foreach (var service in now.Services.Skip(Math.Clamp(chosen - count + 1, 0, now.Services.Count - count)).Take(count))
        {
            var isChosen = service.Id == now.Chosen?.Id;
            var style = service.State.IsEnded() ? Dim : isChosen ? Strong : Plain;
            OneLine[] cells =
            [
                new OneLine(isChosen ? "▸" : " ", Strong), new OneLine(service.Name, style), new OneLine(service.Mode.ToString(), style),
                new OneLine(service.State.ToString(), StyleOf(service.State)), new OneLine(service.Visits.ToString(CultureInfo.InvariantCulture), style),
                new OneLine(service.CompletedTransfers.ToString(CultureInfo.InvariantCulture), style), new OneLine(ServiceWords.Age(service, time), style),
                new OneLine(service.LocalOnly ? (service.Port is { } port ? $":{port}" : "") : ServiceWords.ShortAddress(service), style),
            ];
            grid.AddRow([.. cells.Take(columns)]);
        }

        return grid;
    }

    private Grid Transfers(WatchedNow now, int count)
    {
        int[] widths = [1, 12, 12, BarWidth, 5, 12, 14];
        var columns = widths.Length;
        while (columns > 3 && widths.Take(columns).Sum() + columns - 1 > size.Width) columns--;
        var rest = size.Width - widths.Take(columns).Sum() - columns + 1;
        (widths[1], widths[2]) = (Math.Max(5, widths[1] + rest * 2 / 5), Math.Max(5, widths[2] + rest - rest * 2 / 5));
        var grid = Grid(widths[..columns]);
        foreach (var (transfer, rate) in now.Transfers.Take(count))
        {
            var isUnderWay = !transfer.IsEnded;
            var percent = EventWords.Percent(transfer);
            IRenderable[] cells =
            [
                new OneLine(transfer.Direction == TransferDirection.Download ? "↓" : "↑", isUnderWay ? Good : Dim), new OneLine(transfer.ServiceName, isUnderWay ? Plain : Dim),
                new OneLine(transfer.Name, isUnderWay ? Plain : Dim), isUnderWay ? Bar(percent) : Ended(transfer),
                new OneLine(percent is { } known ? $"{known} %" : "", isUnderWay ? Plain : Dim),
                new OneLine(isUnderWay ? EventWords.Speed(rate) : ByteSize.Show(transfer.Bytes), isUnderWay ? Plain : Dim),
                new OneLine(isUnderWay && rate.TimeLeft(transfer.TotalBytes) is { } left ? EventWords.Left(left) : "", Plain),
            ];
            grid.AddRow([.. cells.Take(columns)]);
        }

        return grid;
    }

    private static IRenderable Bar(int? percent)
    {
        var filled = (percent ?? 0) * BarWidth / 100;
        return new Paragraph(new string('━', filled), Good).Append(new string('─', BarWidth - filled), Dim);
    }

    private static OneLine Ended(Transfer transfer) => transfer.State switch
    {
        TransferState.Completed => new OneLine(transfer.IsVerified ? "verified" : "complete", Good),
        TransferState.Cancelled => new OneLine("was cut", Busy),
        _ => new OneLine("failed", Bad),
    };

    private Grid Events(WatchedNow now, int count)
    {
        var grid = Grid([8, Math.Max(8, size.Width - 10)]);
        foreach (var happening in now.Happenings.TakeLast(count))
        {
            grid.AddRow(
                new OneLine(happening.Time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture), Dim), new OneLine(happening.Text, happening.IsBad ? Bad : Plain));
        }

        return grid;
    }

    private Grid Foot(WatchedNow now, string? question) => Line(question is not null ? new OneLine(question, Busy)
        : now.Notice is { } notice ? new OneLine(notice, Busy)
        : new OneLine(now.Services.Count == 0 ? "q quit" : Keys.FirstOrDefault(keys => keys.Length <= size.Width, Keys[^1]), Dim));

    private static Style StyleOf(ServiceState state) => state switch
    {
        ServiceState.Running => Good,
        ServiceState.Failed or ServiceState.Disconnected => Bad,
        ServiceState.Stopped => Dim,
        _ => Busy,
    };

    private Grid Line(OneLine text) => Row((size.Width, text));

    private static Grid Row(params (int Width, OneLine Text)[] cells)
    {
        var grid = Grid([.. cells.Select(cell => cell.Width)]);
        grid.AddRow([.. cells.Select(cell => cell.Text)]);
        return grid;
    }

    private static Grid Grid(int[] widths)
    {
        var grid = new Grid();
        for (var at = 0; at < widths.Length; at++)
            grid.AddColumn(new GridColumn { Width = widths[at], NoWrap = true, Padding = new Padding(0, 0, at == widths.Length - 1 ? 0 : 1, 0) });
        return grid;
    }

    private string[] Render(IRenderable drawn)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColors ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColors ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = size.Width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(drawn);
        return [.. text.ToString().TrimEnd('\n', '\r').Split('\n').Select(line => line.TrimEnd('\r', ' '))];
    }
}
