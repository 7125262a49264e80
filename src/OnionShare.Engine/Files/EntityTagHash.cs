using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

/// <summary>Makes strong entity tags (RFC 9110 §8.8.3) out of all that decides the bytes of a content: SHA-256, cut to 128 bits.</summary>
internal sealed class EntityTagHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block = new byte[16 * 1024];
    private int _used;

    public void Add(long value)
    {
        if (_block.Length - _used < sizeof(long)) Flush();
        BinaryPrimitives.WriteInt64LittleEndian(_block.AsSpan(_used), value);
        _used += sizeof(long);
    }

    /// <summary>A text; its length is part of it, so that no two lists of texts look alike.</summary>
    public void Add(string text)
    {
        Add(text.Length);
        while (text.Length > 0)
        {
            var piece = text.AsSpan(0, Math.Min(text.Length, 1024));
            var size = Encoding.Unicode.GetByteCount(piece);
            if (_block.Length - _used < size) Flush();
            _used += Encoding.Unicode.GetBytes(piece, _block.AsSpan(_used));
            text = text[piece.Length..];
        }
    }

    /// <summary>The state that decides a file's bytes.</summary>
    public void Add(in FileStat stat)
    {
        Add((long)stat.Kind);
        Add(stat.Length);
        Add(stat.ModifiedTicks);
        Add((long)stat.Number);
    }

    /// <summary>32 hexadecimal digits; to be called once.</summary>
    public string Finish()
    {
        Flush();
        return Convert.ToHexStringLower(_hash.GetHashAndReset().AsSpan(0, 16));
    }

    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(_block, 0, _used);
        _used = 0;
    }
}
