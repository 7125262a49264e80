using Org.BouncyCastle.Bcpg.OpenPgp;

namespace OnionShare.Engine.Modes.Receive.Encryption;

/// <summary>
/// The encryption of one file, while it comes in: a literal packet with its name in a packet with integrity protection, AES-256, under a session
/// key that is in memory only, encrypted to each recipient (RFC 4880 §5.1, §5.9, §5.13). It can't go back: what has been taken is encrypted.
/// </summary>
internal sealed class Seal
{
    private const int PacketPart = 1 << 13; // a part of a packet of unknown length (RFC 4880 §4.2.2.4); two of them are held

    private readonly MemoryStream _sealed = new();
    private readonly Stream _encrypted;
    private readonly Stream _literal;
    private long _length;
    private bool _isOver;

    public Seal(PgpEncryptedDataGenerator encryption, string name, DateTime now)
    {
        _encrypted = encryption.Open(_sealed, new byte[PacketPart]);
        _literal = new PgpLiteralDataGenerator().Open(_encrypted, PgpLiteralData.Binary, name, now, new byte[PacketPart]);
    }

    /// <summary>How much of the file can stay, in bytes of the file itself: 0 when it has to begin anew.</summary>
    public long Length => _isOver ? 0 : Interlocked.Read(ref _length);

    /// <summary>How long what was handed out so far is, in bytes.</summary>
    public long Stored { get; private set; }

    /// <summary>Whether it has to begin anew.</summary>
    public bool IsOver => _isOver;

    /// <summary>Encrypts some more; what comes back holds until the next call.</summary>
    public ReadOnlyMemory<byte> Add(ReadOnlySpan<byte> bytes)
    {
        _literal.Write(bytes);
        Interlocked.Add(ref _length, bytes.Length);
        return TakeOut();
    }

    /// <summary>The file is whole: what is left, and the integrity check. Nothing can follow.</summary>
    public ReadOnlyMemory<byte> End()
    {
        _isOver = true;
        _literal.Dispose();
        _encrypted.Dispose();
        return TakeOut();
    }

    /// <summary>What was handed out is not on the disk, or what was taken in was wrong: it has to begin anew.</summary>
    public void Break() => _isOver = true;

    private ReadOnlyMemory<byte> TakeOut()
    {
        var bytes = _sealed.GetBuffer().AsMemory(0, (int)_sealed.Length);
        _sealed.SetLength(0);
        Stored += bytes.Length;
        return bytes;
    }
}
