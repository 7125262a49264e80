using System.Text;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>Counts the characters of a message while it is read, as a browser counts them: UTF-16 code units, a line break as one.</summary>
internal sealed class MessageText
{
    /// <summary>The longest message taken.</summary>
    public const int MostCharacters = 524_288;

    /// <summary>The most bytes such a message can have: three a character, and all of them could be line breaks.</summary>
    public const long MostBytes = 3L * MostCharacters;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly char[] _characters = new char[4096];
    private bool _afterReturn;

    /// <summary>Characters so far.</summary>
    public long Count { get; private set; }

    /// <summary>Counts what was read.</summary>
    /// <exception cref="UploadRefusedException">It is too long.</exception>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            _decoder.Convert(bytes, _characters, flush: false, out var used, out var made, out _);
            foreach (var character in _characters.AsSpan(0, made))
            {
                if (!(character == '\n' && _afterReturn)) Count++;
                _afterReturn = character == '\r';
            }

            if (Count > MostCharacters) throw UploadRefusedException.TextTooLong();
            bytes = bytes[used..];
        }
    }
}
