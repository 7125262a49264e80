using System.Security.Cryptography;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>The SHA-256 of a file, reckoned while it comes in. It can't go back: of what did not come in order it is not known.</summary>
internal sealed class ContentDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;
    private bool _isInOrder = true;

    /// <summary>What comes next stands at that offset of the file.</summary>
    public void GoTo(long offset)
    {
        if (offset == 0)
        {
            _hash.GetHashAndReset();
            (_length, _isInOrder) = (0, true);
        }

        _isInOrder &= offset == _length;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _length += bytes.Length;
    }

    /// <summary>That of the whole file; null when not all of it came in order.</summary>
    /// <param name="length">Its length, in bytes.</param>
    public byte[]? Of(long length) => _isInOrder && length == _length ? _hash.GetCurrentHash() : null;

    public void Dispose() => _hash.Dispose();
}
