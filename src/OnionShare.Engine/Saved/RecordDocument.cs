using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Engine.Saved;

/// <summary>
/// A <see cref="SavedRecord"/> as one line for somebody else's vault: <c>onionshare-record.VERSION.JSON.DIGEST</c>, the last two in base64url (RFC 4648 §5),
/// the digest SHA-256 of all before it. Letters, digits, <c>-</c>, <c>_</c> and dots alone, since vaults are often programs that are called with what they keep.
/// The digest tells damage from a record; secrecy, and who may change it, are the vault's.
/// </summary>
internal static class RecordDocument
{
    private const string FormatName = "onionshare-record";
    private const string LatestVersion = "1";

    public static string Write(SavedRecord record)
    {
        var json = SavedDocument.Write(record, protect: false);
        var text = $"{FormatName}.{LatestVersion}.{Base64Url.EncodeToString(json)}";
        CryptographicOperations.ZeroMemory(json);
        return $"{text}.{Digest(text)}";
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, of a later version, or damaged; the message says which.</exception>
    public static SavedRecord Read(string text)
    {
        if (text.Length > ServiceRecord.MostCharacters) throw new InvalidDataException("it is too large");
        var parts = text.Split('.');
        if (parts[0] != FormatName || parts.Length < 2) throw new InvalidDataException("it is no saved service");
        if (parts.Length != 4) throw new InvalidDataException("it is damaged");
        // The digest as text, not its bytes: base64url has several spellings of the same.
        if (parts[3] != Digest(text[..^(parts[3].Length + 1)])) throw new InvalidDataException("it is damaged");
        if (parts[1] != LatestVersion) throw new InvalidDataException($"it is of another version than the {LatestVersion} this engine knows");
        byte[] json;
        try
        {
            json = Base64Url.DecodeFromChars(parts[2]);
        }
        catch (FormatException damaged)
        {
            throw new InvalidDataException("it is damaged", damaged);
        }

        try
        {
            return SavedDocument.Read(json);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    private static string Digest(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
