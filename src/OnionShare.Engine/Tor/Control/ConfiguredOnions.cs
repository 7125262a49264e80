using System.Text;

namespace OnionShare.Engine.Tor.Control;

/// <summary>
/// The onion services in the configuration of a tor that is the engine's own, for what ADD_ONION can't make. SETCONF replaces all of them at
/// once, so all are said again each time, those of the user's own torrc first; the ones that stay keep their circuits and visitors.
/// </summary>
/// <param name="folder">Where each has its folder. tor reads them again at every change of its configuration, so they stay as long as the onions.</param>
internal sealed class ConfiguredOnions(string folder)
{
    // tor's name for all options of onion services together; GETCONF tells their lines in the order that counts.
    private const string All = "HiddenServiceOptions";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, string> _onions = new(StringComparer.Ordinal);
    private string? _users;

    public string FolderOf(string serviceId) => Path.Combine(folder, serviceId);

    public bool Has(string serviceId)
    {
        lock (_onions)
            return _onions.ContainsKey(serviceId);
    }

    /// <summary>Adds an onion whose folder is there.</summary>
    /// <param name="control">tor's control connection.</param>
    /// <param name="serviceId">Its address, without <c>.onion</c>.</param>
    /// <param name="options">What follows HiddenServiceDir, as SETCONF takes it.</param>
    /// <exception cref="ControlRefusedException">tor refuses it; its configuration is as it was.</exception>
    public async Task AddAsync(ControlConnection control, string serviceId, string options)
    {
        await _turn.WaitAsync();
        try
        {
            _users ??= Users(await control.SendAsync("GETCONF " + All, CancellationToken.None));
            var added = $" HiddenServiceDir={ControlText.Quote(FolderOf(serviceId))} {options}";
            await SetAsync(control, Others(serviceId) + added);
            lock (_onions)
                _onions[serviceId] = added;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes an onion out; nothing happens if it is not there. tor closes its circuits, those of its visitors too.</summary>
    /// <exception cref="ControlRefusedException">tor keeps it until the next change.</exception>
    public async Task RemoveAsync(ControlConnection control, string serviceId)
    {
        await _turn.WaitAsync();
        try
        {
            lock (_onions)
            {
                if (!_onions.Remove(serviceId))
                    return;
            }

            await SetAsync(control, Others(serviceId));
        }
        finally
        {
            _turn.Release();
        }
    }

    private static Task SetAsync(ControlConnection control, string onions) =>
        // Without a value all onions go.
        control.SendAsync("SETCONF" + (onions.Length > 0 ? onions : " HiddenServiceDir"), CancellationToken.None);

    private string Others(string serviceId)
    {
        lock (_onions)
            return _users + string.Concat(_onions.Where(onion => onion.Key != serviceId).Select(onion => onion.Value));
    }

    // A value that needs them comes in quotes already.
    private static string Users(ControlReply reply)
    {
        var lines = new StringBuilder();
        foreach (var text in reply.Lines.Select(line => line.Text))
        {
            if (text.IndexOf('=', StringComparison.Ordinal) is var end and > 0)
                lines.Append(' ').Append(text, 0, end + 1).Append(text[(end + 1)..].StartsWith('"') ? text[(end + 1)..] : ControlText.Quote(text[(end + 1)..]));
        }

        return lines.ToString();
    }
}
