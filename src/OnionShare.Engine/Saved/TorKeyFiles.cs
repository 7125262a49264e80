using System.Security.Cryptography;
using System.Text;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Saved;

/// <summary>
/// Keys as tor keeps them in a HiddenServiceDir (tor(1)) and as mkp224o makes them: <c>hs_ed25519_secret_key</c>, with <c>hostname</c>,
/// <c>hs_ed25519_public_key</c> and <c>authorized_clients</c> beside it; or mkp224o's YAML.
/// </summary>
internal static class TorKeyFiles
{
    private const string PublicFile = "hs_ed25519_public_key";
    private const int MostBytes = 1 << 20;

    private static ReadOnlySpan<byte> PublicHeader => "== ed25519v1-public: type0 ==\0\0\0"u8;

    /// <summary>Whether a file looks like mkp224o's YAML.</summary>
    public static bool IsYaml(ReadOnlySpan<byte> file) => Encoding.UTF8.GetString(file).Contains(SecretKeyFile.Name + ":", StringComparison.Ordinal);

    /// <summary>Reads a folder: a HiddenServiceDir, or one that holds a single such folder.</summary>
    /// <exception cref="InvalidDataException">There is no key in it, several, or one that does not fit its hostname.</exception>
    public static ImportedService ReadFolder(string folder)
    {
        var file = Path.Combine(folder, SecretKeyFile.Name);
        if (File.Exists(file)) return Read(file, ReadSmall(file));
        var inside = Directory.EnumerateDirectories(folder).Select(one => Path.Combine(one, SecretKeyFile.Name)).Where(File.Exists).Take(2).ToArray();
        return inside.Length switch
        {
            1 => Read(inside[0], ReadSmall(inside[0])),
            0 => throw new InvalidDataException($"there is no {SecretKeyFile.Name} in it"),
            _ => throw new InvalidDataException("there are several keys in it; name the folder of one"),
        };
    }

    /// <summary>Reads a secret key and what lies beside it.</summary>
    /// <exception cref="InvalidDataException">It is none, or does not fit what lies beside it.</exception>
    public static ImportedService Read(string path, ReadOnlySpan<byte> file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var key = SecretKeyFile.Read(file);
        var hostname = Path.Combine(folder, "hostname");
        if (File.Exists(hostname)) AssertAddress(key, Encoding.UTF8.GetString(ReadSmall(hostname)));
        var publicKey = Path.Combine(folder, PublicFile);
        if (File.Exists(publicKey)) AssertPublic(key, ReadSmall(publicKey));
        return new ImportedService(key, key.Address[..16], Clients: ReadClients(Path.Combine(folder, "authorized_clients")));
    }

    /// <exception cref="InvalidDataException">There is no key in it, several, or one that does not fit its hostname.</exception>
    public static ImportedService ReadYaml(ReadOnlySpan<byte> file)
    {
        var lines = Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.TrimEntries);
        var secrets = lines.Where(line => line.StartsWith(SecretKeyFile.Name + ":", StringComparison.Ordinal)).ToArray();
        if (secrets.Length != 1) throw new InvalidDataException($"there are {secrets.Length} keys in it; leave the one to import");
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(secrets[0][(SecretKeyFile.Name.Length + 1)..]);
        }
        catch (FormatException malformed)
        {
            throw new InvalidDataException("the key is damaged", malformed);
        }

        var key = SecretKeyFile.Read(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        foreach (var line in lines.Where(line => line.StartsWith("hostname:", StringComparison.Ordinal))) AssertAddress(key, line["hostname:".Length..]);
        return new ImportedService(key, key.Address[..16]);
    }

    private static void AssertAddress(OnionKey key, string hostname)
    {
        if (OnionAddress.Parse(hostname) != key.Address) throw new InvalidDataException($"the key is not that of the hostname beside it, but of {key.Address}");
    }

    private static void AssertPublic(OnionKey key, ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(PublicHeader) || !file[SecretKeyFile.HeaderSize..].SequenceEqual(key.PublicKey))
            throw new InvalidDataException("the secret key is not that of the public key beside it");
    }

    // As tor reads them: a file a client, «descriptor:x25519:KEY». A service that locked people out must not be open to all here.
    private static KnownClient[]? ReadClients(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        var clients = Directory.EnumerateFiles(folder, "*.auth").Order(StringComparer.Ordinal).Select(file =>
        {
            var publicKey = ClientKey.ParsePublic(Encoding.UTF8.GetString(ReadSmall(file)))
                ?? throw new InvalidDataException($"{Path.GetFileName(file)} in authorized_clients is damaged");
            return KnownClient.Of(new GrantRequest { Client = Path.GetFileNameWithoutExtension(file), PublicKey = publicKey }).Client;
        }).ToArray();
        return clients.Length == 0 ? null : clients;
    }

    private static byte[] ReadSmall(string path) => new FileInfo(path).Length <= MostBytes
        ? File.ReadAllBytes(path)
        : throw new InvalidDataException($"{Path.GetFileName(path)} is too large");
}
