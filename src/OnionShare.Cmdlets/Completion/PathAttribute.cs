using Microsoft.PowerShell.Commands;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Takes paths as text, and items and whatever else carries a path by that path: PowerShell would turn an item into text, in which <c>[1]</c> is a
/// wildcard, and an upload into its name.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PathAttribute : ArgumentTransformationAttribute
{
    /// <summary>What stands before the path of an item, wildcards in it escaped.</summary>
    internal const string ItemPrefix = @"Microsoft.PowerShell.Core\" + FileSystemProvider.ProviderName + "::";

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        try
        {
            return Input.Items(inputData).SelectMany(item => IsText(item) ? [TextOf(item)] : PathInput.Of(item).Select(AsPath)).ToArray();
        }
        catch (ProblemException none)
        {
            throw new ArgumentTransformationMetadataException(none.Problem.ToString(), none);
        }
    }

    private static bool IsText(object? item) => Input.Bare(item) is null or string or ValueType;

    // A folder called 2026 is a number to PowerShell; its text is still what was typed.
    private static string TextOf(object? item) => item?.ToString() ?? "";

    private static string AsPath(PathInput input) =>
        input.Path.Contains("::", StringComparison.Ordinal) ? WildcardPattern.Escape(input.Path) : ItemPrefix + WildcardPattern.Escape(input.Path);
}
