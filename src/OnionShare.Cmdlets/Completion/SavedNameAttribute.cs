using System.Management.Automation;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Takes saved services by name, or as objects: saved services, and services that were started from them, also when they have ended
/// since.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SavedNameAttribute : NameOfAttribute
{
    private protected override string Expected => "a saved service: give a service or its name";

    // The name of an object means that one service, whatever wildcards it holds.
    private protected override string? Of(object? value) => value switch
    {
        OnionSavedService saved => WildcardPattern.Escape(saved.Name),
        OnionService service => WildcardPattern.Escape(service.Name),
        _ => null,
    };

    private protected override IReadOnlyList<string> Columns => ["Service", "Name"];

    private protected override IEnumerable<string> PropertiesOf(Func<Type, bool> isCopyOf) =>
        isCopyOf(typeof(OnionService)) || isCopyOf(typeof(OnionSavedService)) ? ["Name"] : [];
}
