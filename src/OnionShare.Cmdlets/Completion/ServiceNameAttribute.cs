using System.Management.Automation;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Takes services by name, by id, or as the objects themselves.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ServiceNameAttribute : NameOfAttribute
{
    private protected override string Expected => "a service: give a service, its name or its id";

    private protected override string? Of(object? value) => value switch
    {
        OnionService service => service.Id,
        OnionSavedService saved => saved.ServiceId ?? WildcardPattern.Escape(saved.Name),
        OnionTransfer transfer => transfer.ServiceId,
        OnionServiceJob { ServiceId: { } id } => id,
        OnionAccess access => WildcardPattern.Escape(access.Service),
        _ => null,
    };

    private protected override IReadOnlyList<string> Columns => ["ServiceId", "Id", "Service", "Name"];

    private protected override IEnumerable<string> PropertiesOf(Func<Type, bool> isCopyOf) =>
        isCopyOf(typeof(OnionService)) ? ["Id", "Name"]
        : isCopyOf(typeof(OnionSavedService)) ? ["ServiceId", "Name"]
        : isCopyOf(typeof(OnionTransfer)) ? ["ServiceId"]
        : [];
}
