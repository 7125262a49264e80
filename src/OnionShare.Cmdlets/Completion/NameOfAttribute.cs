using System.Globalization;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Takes names, objects that have one, and rows (Import-Csv, Select-Object) that name one in a column. Anything else is refused: PowerShell would turn
/// it into text, and the name of an upload called <c>*</c> would then mean every service.
/// </summary>
public abstract class NameOfAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        Input.Items(inputData).Select(Name).ToArray();

    private protected abstract string Expected { get; }

    private protected abstract string? Of(object? value);

    /// <summary>The properties of a copy that name what it is of, the first one first; none when it is a copy of nothing that has such a name.</summary>
    private protected abstract IEnumerable<string> PropertiesOf(Func<Type, bool> isCopyOf);

    private string? NameIn(PSObject copy)
    {
        // From another session or a file, of Select-Object, or both.
        bool IsCopyOf(Type type) => copy.TypeNames.Any(name => name.EndsWith(type.FullName!, StringComparison.Ordinal)
            && name[..^type.FullName!.Length] is "Deserialized." or "Selected." or "Deserialized.Selected.");
        return PropertiesOf(IsCopyOf).Select(property => (property, copy.Properties[property]?.Value as string)).FirstOrDefault(found => found.Item2 is not null) switch
        {
            ("Name", { } name) => WildcardPattern.Escape(name),
            (_, var id) => id,
        };
    }

    /// <summary>The columns of a row that say which is meant, the surest first.</summary>
    private protected abstract IReadOnlyList<string> Columns { get; }

    private string Name(object? item)
    {
        var value = Input.Bare(item);
        return value switch
        {
            string name => name,
            // An id or a name of digits alone, or like 1234e567, is a number to PowerShell; as text it is still what was typed.
            int or long or double or decimal or short or byte or System.Numerics.BigInteger =>
                item is PSObject typed ? typed.ToString(null, CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)!,
            PSCustomObject when item is PSObject copy && NameIn(copy) is { } name => name,
            PSCustomObject when item is PSObject row && IsRow(row) && Columns.Select(column => Cell(row, column)).FirstOrDefault(cell => cell is not null) is { } cell => cell,
            _ => Of(value) ?? throw new ArgumentTransformationMetadataException($"{value?.GetType().Name ?? "null"} is not {Expected}."),
        };
    }

    // A copy of a file, or of anything else that is not from here, has a name of another kind.
    private static bool IsRow(PSObject copy) => copy.TypeNames[0] == typeof(PSCustomObject).FullName;

    // The Id of a transfer is a number; a name means itself, whatever wildcards it holds.
    private static string? Cell(PSObject row, string column) => row.Properties[column]?.Value?.ToString() switch
    {
        null or "" => null,
        { } id when column == "Id" => id.Length == 8 && id.All(char.IsAsciiHexDigitLower) ? id : null,
        { } name => WildcardPattern.Escape(name),
    };
}

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
