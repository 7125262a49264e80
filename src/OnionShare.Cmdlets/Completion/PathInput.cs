using System.Globalization;

namespace OnionShare.Cmdlets.Completion;

/// <param name="Path">The path.</param>
/// <param name="IsLiteral">Whether its characters stand for themselves.</param>
/// <param name="IsListed">Whether it is an item of a listing, not a path that somebody wrote.</param>
/// <param name="MayBeGone">Whether it was there when it was listed, so that one that is gone by now is left out like the others that can't be shared.</param>
internal readonly record struct PathInput(string Path, bool IsLiteral, bool IsListed, bool MayBeGone = false)
{
    /// <summary>Whether PowerShell made the path of something that is on the disk: nobody typed it.</summary>
    public bool IsItem => MayBeGone || Path.StartsWith(PathAttribute.ItemPrefix, StringComparison.OrdinalIgnoreCase);

    private const string DeserializedTransfer = "Deserialized.OnionShare.OnionTransfer";

    // What PowerShell's own objects call the place they are at. Each is a path as it is; only what somebody writes has wildcards.
    private static readonly string[] Names = ["PSPath", "LiteralPath", "LP", "FullName", "Path"];

    /// <summary>
    /// The paths an object of the pipeline stands for: a string is a path with wildcards; an item, a match of Select-String, a row with a column Path
    /// and the like stand for the path they carry, never for their text; an upload stands for the files that were received.
    /// </summary>
    /// <exception cref="ProblemException">It stands for none.</exception>
    public static IEnumerable<PathInput> Of(object? item)
    {
        var value = Input.Bare(item);
        return value switch
        {
            null => throw PathErrors.NoPath("Nothing ($null)").Problem(),
            string { Length: 0 } => throw PathErrors.NoPath("An empty text").Problem(),
            string path => [new(path, IsLiteral: false, IsListed: true)],
            FileSystemInfo file => [new(file.FullName, IsLiteral: true, IsListed: true, MayBeGone: true)],
            PathInfo path => [new(path.Path, IsLiteral: true, IsListed: true)],
            OnionTransfer transfer => OfTransfer(transfer.Name, transfer.State == nameof(TransferState.Completed), transfer.Paths),
            OnionService or OnionSavedService or Job => throw PathErrors.NoPath("An object of the type " + value.GetType().Name).Problem(),
            _ => OfProperties(PSObject.AsPSObject(item), value),
        };
    }

    private static IEnumerable<PathInput> OfProperties(PSObject item, object value)
    {
        if (item.TypeNames.Contains(DeserializedTransfer))
        {
            return OfTransfer(
                item.Properties["Name"]?.Value as string ?? "", item.Properties["State"]?.Value?.ToString() == nameof(TransferState.Completed), Texts(item.Properties["Paths"]?.Value));
        }

        foreach (var name in Names)
        {
            if (item.Properties[name]?.Value is { } found && Texts(found) is { Length: > 0 } paths && Array.TrueForAll(paths, static path => path.Length > 0))
                return paths.Select(static path => new PathInput(path, IsLiteral: true, IsListed: true));
        }

        throw PathErrors.NoPath(value is PSCustomObject ? "An object without a property Path" : "An object of the type " + value.GetType().Name).Problem();
    }

    private static string[] Texts(object? value) => LanguagePrimitives.TryConvertTo<string[]>(value, CultureInfo.InvariantCulture, out var texts) ? texts : [];

    private static IEnumerable<PathInput> OfTransfer(string name, bool isCompleted, IReadOnlyList<string> paths)
    {
        // What is not all there is not what was sent; what was moved or deleted since must not become another file of that name.
        if (!isCompleted || paths.Count == 0 || !paths.All(static path => System.IO.Path.IsPathFullyQualified(path) && System.IO.Path.Exists(path)))
            throw PathErrors.NotReceived(name).Problem();
        return paths.Select(static path => new PathInput(path, IsLiteral: true, IsListed: true));
    }
}
