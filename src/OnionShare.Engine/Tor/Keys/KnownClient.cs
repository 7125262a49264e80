namespace OnionShare.Engine.Tor.Keys;

/// <summary>A visitor who may reach a service that asks for client keys.</summary>
/// <param name="Name">What the operator calls the key.</param>
/// <param name="PublicKey">The public half, 52 characters of base32; the private half is the visitor's alone.</param>
public sealed record KnownClient(string Name, string PublicKey)
{
    /// <summary>How many clients one service takes: the descriptor holds a line for each.</summary>
    public const int Most = 300;

    private const int LongestName = 50;

    /// <summary>Makes a client out of a request, and the key if the visitor has not.</summary>
    /// <exception cref="ProblemException">The name or the key can't be used.</exception>
    public static (KnownClient Client, ClientKey? Secret) Of(GrantRequest request)
    {
        if (!IsName(request.Client))
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"A client key can't be called '{RemoteText.Show(request.Client)}'.",
                $"Take 1 to {LongestName} visible characters, other than '.' and '..'.");
        }

        if (request.PublicKey is null)
        {
            var secret = ClientKey.Generate();
            return (new KnownClient(request.Client, secret.PublicKey), secret);
        }

        var publicKey = ClientKey.ParsePublic(request.PublicKey) ?? throw new ProblemException(
            ProblemCodes.InvalidRequest, $"'{RemoteText.Show(request.PublicKey, 80)}' is no public client key.",
            "It must be 52 characters of base32; or leave it out, and a key is made.");
        return (new KnownClient(request.Client, publicKey), null);
    }

    /// <summary>Checks a list that comes from elsewhere.</summary>
    /// <exception cref="ProblemException">There are too many, two have one name, or a name or a key can't be used.</exception>
    public static void Check(IReadOnlyList<KnownClient?> clients)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (clients.Count <= Most && clients.All(client =>
            client is not null && IsName(client.Name) && names.Add(client.Name) && ClientKey.ParsePublic(client.PublicKey) == client.PublicKey))
        {
            return;
        }

        throw new ProblemException(
            ProblemCodes.SavedUnusable, "Its client keys can't be used: a name or a key is damaged, or there are too many.",
            "Import it from a backup.");
    }

    /// <exception cref="ProblemException">There is one of that name already, or there are too many.</exception>
    public static IReadOnlyList<KnownClient> Add(IReadOnlyList<KnownClient> clients, KnownClient client)
    {
        if (clients.Any(known => Is(known, client.Name)))
        {
            throw new ProblemException(
                ProblemCodes.ClientNameInUse, $"There is a client key named '{client.Name}' already.",
                "Take another name, or revoke that one first.", client.Name);
        }

        if (clients.Count >= Most)
            throw new ProblemException(ProblemCodes.InvalidRequest, $"The service has {Most} client keys already.", "Revoke some first.");
        return [.. clients, client];
    }

    /// <exception cref="ProblemException">There is none of that name.</exception>
    public static IReadOnlyList<KnownClient> Remove(IReadOnlyList<KnownClient> clients, string name)
    {
        var left = clients.Where(known => !Is(known, name)).ToArray();
        return left.Length < clients.Count
            ? left
            : throw new ProblemException(
                ProblemCodes.ClientNotFound, $"There is no client key named '{RemoteText.Show(name)}'.", "Get-OnionService lists their names.",
                name);
    }

    /// <summary>What the operator is told, once, of a key that was granted.</summary>
    public static ClientAccess Access(KnownClient client, ClientKey? secret, string address) => new()
    {
        Client = client.Name,
        Address = address,
        PublicKey = client.PublicKey,
        PrivateKey = secret?.PrivateKey,
        AuthPrivate = secret?.ToAuthPrivate(address),
        ClientKey = secret?.ToControl(),
    };

    private static bool IsName(string? name) =>
        !string.IsNullOrWhiteSpace(name) && name.Length <= LongestName && RemoteText.Show(name) == name && !Routes.IsDots(name);

    private static bool Is(KnownClient client, string name) => string.Equals(client.Name, name, StringComparison.OrdinalIgnoreCase);
}
