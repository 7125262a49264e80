using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>
/// Draws the secrets by which members come back to their seats, and tells its own from made-up ones without keeping a list: 128 random
/// bits, and a code over them by a key that dies with the room (HMAC-SHA-256, RFC 2104, cut to 128 bits).
/// </summary>
internal sealed class SeatTokens
{
    private const int Half = 32;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public string Draw()
    {
        var random = RandomNumberGenerator.GetHexString(Half, lowercase: true);
        return random + CodeOf(random);
    }

    public bool IsOwn(string? token) =>
        token is { Length: 2 * Half } && token.All(char.IsAsciiHexDigitLower)
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(token[Half..]), Encoding.ASCII.GetBytes(CodeOf(token[..Half])));

    private string CodeOf(string random) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(random)))[..Half];
}
