using System.Security.Cryptography;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>The checksum of a piece (tus 1.0, Checksum extension).</summary>
internal sealed class UploadChecksum : IDisposable
{
    public const string Algorithms = "sha1,sha256,sha512";

    private readonly IncrementalHash _hash;
    private readonly byte[] _expected;

    private UploadChecksum(HashAlgorithmName algorithm, byte[] expected) => (_hash, _expected) = (IncrementalHash.CreateHash(algorithm), expected);

    /// <summary>Reads <c>Upload-Checksum: sha1 base64</c>; false if it is none this service knows.</summary>
    public static bool TryRead(string header, out UploadChecksum? checksum)
    {
        checksum = null;
        if (header.Split(' ') is not [var name, var value]) return false;
        var (algorithm, size) = name switch
        {
            "sha1" => (HashAlgorithmName.SHA1, SHA1.HashSizeInBytes), // tus demands it; against accidents it is enough
            "sha256" => (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
            "sha512" => (HashAlgorithmName.SHA512, SHA512.HashSizeInBytes),
            _ => default,
        };
        var expected = new byte[SHA512.HashSizeInBytes];
        if (size == 0 || !Convert.TryFromBase64String(value, expected, out var count) || count != size) return false;
        checksum = new UploadChecksum(algorithm, expected[..count]);
        return true;
    }

    public void Add(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public bool IsRight() => _hash.GetHashAndReset().AsSpan().SequenceEqual(_expected);

    public void Dispose() => _hash.Dispose();
}
