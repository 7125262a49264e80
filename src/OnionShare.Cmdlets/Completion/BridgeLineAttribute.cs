namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Takes bridge lines as text, one or many in a piece, and as the offers <c>Set-OnionTor -RequestBridges</c> gives. Blank lines and
/// lines that begin with # are left out. Anything else is refused: PowerShell would turn a file into its path, and that into a bridge.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BridgeLineAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        Input.Items(inputData).SelectMany(Lines).ToArray();

    internal static IEnumerable<string> Split(string text) =>
        text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => line[0] != '#');

    private static IEnumerable<string> Lines(object? item)
    {
        var value = Input.Bare(item);
        return value switch
        {
            string text => Split(text),
            OnionBridgeOffer offer => offer.Lines,
            FileSystemInfo file => throw new ArgumentTransformationMetadataException(
                $"'{Contracts.RemoteText.Show(file.Name)}' is a file, not a bridge line: name it with -BridgeFile, or give its lines with Get-Content."),
            _ => throw new ArgumentTransformationMetadataException(
                $"{value?.GetType().Name ?? "null"} is not a bridge line: give text, such as 'obfs4 192.0.2.1:443 FINGERPRINT cert=… iat-mode=0'."),
        };
    }
}
