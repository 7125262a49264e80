namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Takes private keys as text (52 characters), and what Grant-OnionAccess gave, also in another session; "" where that has none. Anything else is refused,
/// so that a service on the pipeline, or the name of one, is not taken for a key.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PrivateKeyAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        Input.Items(inputData).Select(Key).ToArray();

    private static string Key(object? item) => Input.Bare(item) switch
    {
        string { Length: 52 } key => key,
        { } given and not string when PSObject.AsPSObject(item is PSObject ? item : given).Properties[nameof(OnionAccess.PrivateKey)] is { } property => property.Value as string ?? "",
        _ => throw new ArgumentTransformationMetadataException("It is no private key: give what Grant-OnionAccess gave, or the 52 characters of the key."),
    };
}
