using OnionShare.Cmdlets.Chat;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Enter-OnionChat</c>: somebody else's chat room in this terminal.</summary>
[Cmdlet(VerbsCommon.Enter, "OnionChat")]
public sealed class EnterOnionChatCommand : ChatClientCommand
{
    private readonly Lock _lock = new();
    private IReadOnlyList<string> _present = [];
    private string? _room;

    protected override async Task EndProcessingAsync()
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected) ThrowTerminatingError(Errors.NoTerminal());
        var terminal = new ChatTerminal(Host.UI.SupportsVirtualTerminal && Environment.GetEnvironmentVariable("NO_COLOR") is null or "");
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        Task? reading = null;
        try
        {
            await VisitAsync(happened =>
            {
                if (happened.Type == ChatEventType.Entered)
                {
                    (_room, _present) = (happened.Room, happened.Members ?? []);
                    reading ??= Task.Run(() => terminal.ReadAsync(text => TakeAsync(terminal, text, leaving), leaving.Token), CancellationToken.None);
                }

                Note(happened);
                terminal.Show(happened);
                return happened.Type != ChatEventType.Closed;
            }, leaving.Token);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            // /quit.
        }
        finally
        {
            await leaving.CancelAsync();
            if (reading is not null) await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Note(ChatEvent happened)
    {
        lock (_lock)
        {
            if (happened.Name is not { } name) return;
            if (happened.Type == ChatEventType.Left) _present = [.. _present.Where(one => one != name)];
            else if (happened.Type == ChatEventType.Joined) _present = [.. _present, name];
            else if (happened.Type == ChatEventType.Renamed) _present = [.. _present.Select(one => one == happened.OldName ? name : one)];
        }
    }

    private async Task TakeAsync(ChatTerminal terminal, string text, CancellationTokenSource leaving)
    {
        try
        {
            if (text is "/quit" or "/exit") await leaving.CancelAsync();
            else if (text == "/who") terminal.Print(Who());
            else if (text.StartsWith("/name ", StringComparison.Ordinal)) await Engine.Remote.RenameAsync(_room!, text[6..].Trim(), leaving.Token);
            else if (text.StartsWith('/') && !text.StartsWith("//", StringComparison.Ordinal)) terminal.Print("/name NAME, /who and /quit are known. To say something that begins with a slash, write two.");
            else _ = SayAsync(terminal, text.StartsWith("//", StringComparison.Ordinal) ? text[1..] : text, leaving.Token);
        }
        catch (ProblemException refused)
        {
            terminal.Print(RemoteText.Show(refused.Message, 500));
        }
    }

    // Not awaited by who types: over a lost connection it may take a while until the room has it.
    private async Task SayAsync(ChatTerminal terminal, string text, CancellationToken cancellationToken)
    {
        try
        {
            await Engine.Remote.SayAsync(_room!, text, cancellationToken);
        }
        catch (ProblemException refused)
        {
            terminal.Print($"Not said: {RemoteText.Show(refused.Message, 500)}");
        }
        catch (OperationCanceledException)
        {
            // The room is being left.
        }
    }

    private string Who()
    {
        lock (_lock) return $"{_present.Count} here: {string.Join(", ", _present.Select(name => RemoteText.Show(name, 60)))}";
    }
}
