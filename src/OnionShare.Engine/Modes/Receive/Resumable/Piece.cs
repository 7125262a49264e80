using System.Security.Cryptography;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>A piece of an upload, as a request brings it.</summary>
internal sealed class Piece : IDisposable
{
    private const string Header = "Upload-Checksum";

    private readonly HttpRequest _request;
    private readonly bool _hasTrailer;

    /// <summary>The piece in a request's body.</summary>
    /// <exception cref="UploadRefusedException">Its checksum is of no kind this service knows.</exception>
    public Piece(HttpRequest request, long offset)
    {
        (_request, Offset) = (request, offset);
        var header = request.Headers[Header].ToString();
        if (header.Length > 0) Checksum = Parse(header);
        else _hasTrailer = request.GetDeclaredTrailers().Any(name => name?.Equals(Header, StringComparison.OrdinalIgnoreCase) == true);
    }

    /// <summary>Where in the upload it begins.</summary>
    public long Offset { get; }

    public Stream Body => _request.Body;

    /// <summary>How long it is, as far as the request says.</summary>
    public long Length => _request.ContentLength ?? 0;

    public bool IsChecked => Checksum is not null || _hasTrailer;

    /// <summary>The checksum that was said before the piece.</summary>
    public UploadChecksum? Checksum { get; }

    /// <summary>The checksum that was said behind the piece, in the trailer section (RFC 9110 §6.5).</summary>
    /// <exception cref="UploadRefusedException">It was announced only, or is of no kind this service knows.</exception>
    public UploadChecksum LateChecksum() => Parse(_request.SupportsTrailers() ? _request.GetTrailer(Header).ToString() : "");

    public void Dispose() => Checksum?.Dispose();

    private static UploadChecksum Parse(string text) => UploadChecksum.TryRead(text, out var checksum)
        ? checksum!
        : throw UploadRefusedException.Protocol($"Upload-Checksum is not of {UploadChecksum.Algorithms}, or can't be read.");
}

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
