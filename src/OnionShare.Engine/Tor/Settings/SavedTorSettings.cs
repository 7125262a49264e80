using OnionShare.Contracts;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>Tor's settings as they are now: read when they are first asked for, and saved with every change.</summary>
internal sealed class SavedTorSettings(TorSettingsStore store)
{
    private readonly Lock _lock = new();
    private TorSettingsRecord? _record;

    /// <summary>The present ones, secrets included.</summary>
    /// <exception cref="ProblemException">They can't be read. It is tried again the next time.</exception>
    public TorSettings Current
    {
        get { lock (_lock) return Record().Settings; }
    }

    /// <summary>The last ones that connected; null when none did so far.</summary>
    /// <exception cref="ProblemException">They can't be read.</exception>
    public TorSettings? LastConnected
    {
        get { lock (_lock) return Record().LastConnected; }
    }

    /// <summary>Changes the present ones, and saves them.</summary>
    /// <param name="change">Makes the new ones out of the old; when it throws nothing is changed.</param>
    /// <returns>The new ones.</returns>
    /// <exception cref="ProblemException">They can't be read or written; nothing was changed.</exception>
    public TorSettings Change(Func<TorSettings, TorSettings> change)
    {
        lock (_lock)
        {
            var record = Record();
            Save(record with { Settings = change(record.Settings) });
            return _record!.Settings;
        }
    }

    /// <summary>Takes note that settings connected.</summary>
    /// <exception cref="ProblemException">They can't be read or written.</exception>
    public void Connected(TorSettings settings)
    {
        lock (_lock)
        {
            var record = Record();
            if (record.LastConnected is not { } last || !last.IsSame(settings)) Save(record with { LastConnected = settings });
        }
    }

    private TorSettingsRecord Record() => _record ??= store.Read();

    private void Save(TorSettingsRecord record)
    {
        store.Write(record);
        _record = record;
    }
}
