using OnionShare.Engine.Services;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Saved;

/// <summary>What a file of another program's says of a service.</summary>
/// <param name="Key">The key of its address.</param>
/// <param name="Name">A name for it.</param>
/// <param name="Request">Its settings; null when the file holds a key only.</param>
/// <param name="Password">Its password.</param>
/// <param name="Clients">The visitors who may reach it; null when everybody may.</param>
internal sealed record ImportedService(
    OnionKey Key, string Name, ServiceRequest? Request = null, string? Password = null, IReadOnlyList<KnownClient>? Clients = null)
{
    public SavedRecord ToRecord(string name, ServiceRequest request, string? password, DateTimeOffset now) => new()
    {
        Name = name,
        SavedAt = now,
        Address = Key.Address,
        Request = request with
        {
            Name = null,
            Password = null,
            Owner = null,
            StartedBy = null,
            Save = false,
            RequireClientKey = request.RequireClientKey || Clients is not null,
        },
        Clients = Clients ?? [],
        Secrets = new SavedSecrets(password, Convert.ToBase64String(Key.ToBytes())),
    };
}
