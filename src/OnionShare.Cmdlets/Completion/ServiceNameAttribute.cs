using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Takes services by name, by id, or as the objects themselves. Anything else is refused: PowerShell would turn it into text, and
/// the name of an upload called <c>*</c> would then mean every service.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ServiceNameAttribute : ArgumentTransformationAttribute
{
    private const string DeserializedService = "Deserialized.OnionShare.OnionService";

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is PSObject { BaseObject: IList wrapped } ? Names(wrapped)
        : inputData is IList list ? Names(list)
        : new[] { Name(inputData) };

    private static string[] Names(IList list) => [.. list.Cast<object?>().Select(Name)];

    private static string Name(object? item)
    {
        var value = item is PSObject wrapped ? wrapped.BaseObject : item;
        return value switch
        {
            string name => name,
            // An id or a name of digits alone, or like 1234e567, is a number to PowerShell; as text it is still what was typed.
            int or long or double or decimal or short or byte or System.Numerics.BigInteger =>
                item is PSObject typed ? typed.ToString() : Convert.ToString(value, CultureInfo.InvariantCulture)!,
            OnionService service => service.Id,
            OnionSavedService saved => saved.ServiceId ?? WildcardPattern.Escape(saved.Name),
            OnionTransfer transfer => transfer.ServiceId,
            OnionServiceJob { ServiceId: { } id } => id,
            PSCustomObject when item is PSObject copy && copy.TypeNames.Contains(DeserializedService)
                && copy.Properties["Id"]?.Value is string id => id,
            _ => throw new ArgumentTransformationMetadataException(
                $"{value?.GetType().Name ?? "null"} is not a service: give a service, its name or its id."),
        };
    }
}
