using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Takes saved services by name, or as objects: saved services, and services that were started from them, also when they have ended
/// since. Anything else is refused, as <see cref="ServiceNameAttribute"/> does.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SavedNameAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] Deserialized = ["Deserialized.OnionShare.OnionService", "Deserialized.OnionShare.OnionSavedService"];

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
            int or long or double or decimal or short or byte or System.Numerics.BigInteger =>
                item is PSObject typed ? typed.ToString() : Convert.ToString(value, CultureInfo.InvariantCulture)!,
            // The name of an object means that one service, whatever wildcards it holds.
            OnionSavedService saved => WildcardPattern.Escape(saved.Name),
            OnionService service => WildcardPattern.Escape(service.Name),
            PSCustomObject when item is PSObject copy && copy.TypeNames.Any(Deserialized.Contains)
                && copy.Properties["Name"]?.Value is string name => WildcardPattern.Escape(name),
            _ => throw new ArgumentTransformationMetadataException(
                $"{value?.GetType().Name ?? "null"} is not a saved service: give a service or its name."),
        };
    }
}
