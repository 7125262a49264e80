using System.Management.Automation;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Takes a DateTimeOffset where a DateTime is asked for, which PowerShell does not: the same moment, in UTC. All else is left to PowerShell.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MomentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is DateTimeOffset moment ? moment.UtcDateTime : inputData;
}
