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

    /// <summary>Its bytes.</summary>
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
