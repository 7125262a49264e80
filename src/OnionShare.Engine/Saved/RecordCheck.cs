using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Saved;

/// <summary>What must be so of a record that comes from elsewhere, before it is kept or a service is made of it.</summary>
internal static class RecordCheck
{
    /// <summary>Checks it.</summary>
    /// <exception cref="ProblemException">The name, the settings, the key or a client can't be used.</exception>
    public static void Check(SavedRecord record, TimeProvider time)
    {
        record.Key()?.Dispose();
        RequestCheck.CheckName(record.Name);
        var request = record.Request with { StartAt = null, StopAt = null, Name = null, Password = record.Secrets.Password, Owner = null, StartedBy = null };
        RequestCheck.Check(request, record.Address, time);
        KnownClient.Check(record.Clients);
    }
}
