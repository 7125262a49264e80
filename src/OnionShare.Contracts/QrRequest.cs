namespace OnionShare.Contracts;

public enum QrForm
{
    /// <summary>Lines of text made of half blocks, for a terminal.</summary>
    Text,
    Png,
    Svg,
}

/// <summary>The body of <c>POST /v1/qr</c>.</summary>
/// <param name="Text">What the code says; it may be a secret, so it is no part of an address.</param>
/// <param name="Form">How it is drawn.</param>
public sealed record QrRequest(string Text, QrForm Form = QrForm.Text);

/// <summary>A QR code (ISO/IEC 18004, error correction L).</summary>
public sealed record QrDrawing
{
    /// <summary>The lines of <see cref="QrForm.Text"/>, light modules drawn; else empty.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>The file of an image; else null.</summary>
    public byte[]? Image { get; init; }
}
