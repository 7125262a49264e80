using OnionShare.Engine.Control;

namespace OnionShare.Engine.Cli.Watching;

/// <summary>Draws a few times a second what there is to see, and does what the keys say.</summary>
internal sealed class WatchLoop(WatchBoard board, WatchScreen screen, WatchFollower follower)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(250);

    private readonly bool _hasColors = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    private (string Text, Func<Task> Do)? _question;
    private string? _codeOf;

    /// <summary>Returns when somebody quits, or when cancelled.</summary>
    public async Task RunAsync(CancellationTokenSource leaving)
    {
        var drawn = 0L;
        (int Width, int Height) size = default;
        while (!leaving.IsCancellationRequested)
        {
            var isPressed = Console.KeyAvailable;
            while (Console.KeyAvailable)
            {
                if (await IsQuitAsync(Console.ReadKey(intercept: true))) await leaving.CancelAsync();
            }

            if (isPressed || WatchScreen.Size != size || Environment.TickCount64 - drawn >= DrawEvery.TotalMilliseconds)
            {
                size = WatchScreen.Size;
                drawn = Environment.TickCount64;
                Draw(size);
            }

            await Task.Delay(LookEvery, leaving.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Draw((int Width, int Height) size)
    {
        var view = new WatchView(size, _hasColors);
        screen.Show(
            _codeOf is { } url ? view.DrawCode(url, QrCode.Lines(url)) : view.Draw(board.Now, _question?.Text, DateTimeOffset.Now), size);
    }

    private async Task<bool> IsQuitAsync(ConsoleKeyInfo key)
    {
        if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }) return true;
        if (_codeOf is not null)
        {
            _codeOf = null;
            return false;
        }

        if (_question is { } asked)
        {
            _question = null;
            if (key.KeyChar is 'y' or 'Y') await asked.Do();
            return false;
        }

        switch (key)
        {
            case { KeyChar: 'q' or 'Q' } or { Key: ConsoleKey.Escape }:
                return true;
            case { Key: ConsoleKey.DownArrow } or { KeyChar: 'j' }:
                board.Choose(1);
                break;
            case { Key: ConsoleKey.UpArrow } or { KeyChar: 'k' }:
                board.Choose(-1);
                break;
            default:
                if (board.Now.Chosen is { } chosen) await ActAsync(char.ToLowerInvariant(key.KeyChar), chosen);
                break;
        }

        return false;
    }

    private async Task ActAsync(char key, ServiceStatus service)
    {
        var name = RemoteText.Show(service.Name, 40);
        switch (key)
        {
            case 'c' when service.Url is { } url:
                board.Say(await Desktop.CopyAsync(url) ? "The link is on the clipboard." : SendToTerminal(url));
                screen.Forget();
                break;
            case 'c' or 'r' when service.Url is null:
                board.Say($"'{name}' has no link: it is {service.State}.");
                break;
            case 'r':
                _codeOf = service.Url;
                break;
            case 's' when service.State.IsEnded():
                board.Say($"'{name}' has ended.");
                break;
            case 's' when service.State == ServiceState.Draining:
                _question = ($"Cut what '{name}' still transfers? y/n", () => follower.StopAsync(service, force: true));
                break;
            case 's':
                var rest = service.ActiveTransfers > 0 ? " Transfers under way finish first." : "";
                _question = ($"Stop '{name}'?{rest} y/n", () => follower.StopAsync(service, force: false));
                break;
            case 'o' when service.Paths.Count == 0:
                board.Say($"'{name}' has no folder.");
                break;
            case 'o':
                var folder = Directory.Exists(service.Paths[0]) ? service.Paths[0] : Path.GetDirectoryName(service.Paths[0])!;
                board.Say(Desktop.Open(folder) ? "" : $"There is no desktop to open it on: {RemoteText.Show(folder)}");
                break;
        }
    }

    private string SendToTerminal(string url)
    {
        screen.Copy(url);
        return "The link went to the terminal (OSC 52), which copies it if it can.";
    }
}
