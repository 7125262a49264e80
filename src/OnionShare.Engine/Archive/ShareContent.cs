using OnionShare.Engine.Files;

namespace OnionShare.Engine.Archive;

/// <summary>
/// What <c>/download</c> hands over: one of the two is there. <paramref name="Content"/> has a known length and any range of it can be
/// read; <paramref name="Compressed"/> can only be written from the start to the end.
/// </summary>
public sealed record ShareContent(IContent? Content, CompressedZip? Compressed)
{
    public string FileName => Content?.FileName ?? Compressed!.FileName;
    public string ContentType => Content?.ContentType ?? Compressed!.ContentType;

    /// <summary>One single file as itself, anything else as a zip.</summary>
    /// <param name="tree">What is shared.</param>
    /// <param name="compress">Deflate the zip's entries; a single file stays as it is.</param>
    /// <exception cref="ProblemException">A path is longer than a zip can hold (<c>path-not-shareable</c>).</exception>
    public static ShareContent Create(SharedTree tree, bool compress)
    {
        if (tree.SingleFile is { } file) return new ShareContent(tree.ContentOf(file), null);
        return compress ? new ShareContent(null, new CompressedZip(tree)) : new ShareContent(new VirtualZip(tree), null);
    }
}
