using System.Collections;
using System.Management.Automation;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Takes private keys as text (52 characters), and what Grant-OnionAccess gave, also in another session; "" where that has none. Anything else is refused,
/// so that a service on the pipeline, or the name of one, is not taken for a key.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PrivateKeyAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is IList list ? list.Cast<object?>().Select(Key).ToArray() : new[] { Key(inputData) };

    private static string Key(object? item) => (item is PSObject wrapped ? wrapped.BaseObject : item) switch
    {
        string { Length: 52 } key => key,
        { } given and not string when PSObject.AsPSObject(item is PSObject ? item : given).Properties[nameof(OnionAccess.PrivateKey)] is { } property => property.Value as string ?? "",
        _ => throw new ArgumentTransformationMetadataException("It is no private key: give what Grant-OnionAccess gave, or the 52 characters of the key."),
    };
}
