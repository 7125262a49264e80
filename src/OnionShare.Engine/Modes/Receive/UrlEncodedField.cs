using System.Globalization;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// The value of one field of an application/x-www-form-urlencoded body (URL Standard §5.1), decoded while it is read. Of several fields of that
/// name the first counts.
/// </summary>
internal sealed class UrlEncodedField(Stream body, string name, int mostUnknown)
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly char[] _escape = new char[2];
    private int _position;
    private int _length;
    private int _unknown;
    private bool _isInside;
    private bool _isOver;

    /// <summary>Reads on; 0 at the end.</summary>
    /// <exception cref="UploadRefusedException">There is too much else in the body.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        if (!_isInside && !await FindAsync(cancellationToken)) return 0;
        var count = 0;
        while (count < target.Length && !_isOver)
        {
            // What is there is handed over before more is waited for.
            if (_position == _length && count > 0) break;
            var next = await NextAsync(cancellationToken);
            if (next is < 0 or '&')
            {
                _isOver = true;
                await SkipAsync(cancellationToken);
            }
            else
            {
                var value = next == '%' ? await EscapedAsync(cancellationToken) : next == '+' ? (byte)' ' : (byte)next;
                target.Span[count++] = value;
            }
        }

        return count;
    }

    private async ValueTask<bool> FindAsync(CancellationToken cancellationToken)
    {
        if (_isOver) return false;
        for (var matched = 0; ;)
        {
            var next = await NextAsync(cancellationToken);
            if (next < 0) return !(_isOver = true);
            if (next == '=' && matched == name.Length) return _isInside = true;
            matched = next == '&' ? 0 : matched >= 0 && matched < name.Length && next == name[matched] ? matched + 1 : -1;
            CountUnknown();
        }
    }

    private async ValueTask SkipAsync(CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken) >= 0) CountUnknown();
    }

    private void CountUnknown()
    {
        if (++_unknown > mostUnknown) throw UploadRefusedException.Malformed("refused.unknown-fields");
    }

    // A sign that is no escape stands for itself (URL Standard, percent-decode).
    private async ValueTask<byte> EscapedAsync(CancellationToken cancellationToken)
    {
        if (_length - _position < 2) await FillAsync(cancellationToken);
        if (_length - _position < 2) return (byte)'%';
        (_escape[0], _escape[1]) = ((char)_buffer[_position], (char)_buffer[_position + 1]);
        // A number may have NULs behind it for TryParse.
        if (!char.IsAsciiHexDigit(_escape[1]) || !byte.TryParse(_escape, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)) return (byte)'%';
        _position += 2;
        return value;
    }

    private async ValueTask<int> NextAsync(CancellationToken cancellationToken)
    {
        if (_position == _length) await FillAsync(cancellationToken);
        return _position == _length ? -1 : _buffer[_position++];
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var left = _length - _position;
        _buffer.AsSpan(_position, left).CopyTo(_buffer);
        (_position, _length) = (0, left);
        do
        {
            var count = await body.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
            if (count == 0) return;
            _length += count;
        }
        while (_length < 2);
    }
}
