using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionService</c>: the services of this user, whichever session started them.</summary>
[Cmdlet(VerbsCommon.Get, "OnionService")]
[OutputType(typeof(OnionService))]
public sealed class GetOnionServiceCommand : ServiceCommand
{
    /// <summary>Names (wildcards), ids, or services to see as they stand now.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Only services of these modes.</summary>
    [Parameter]
    public ServiceMode[] Mode { get; set; } = [];

    /// <summary>Only services in these states.</summary>
    [Parameter]
    public ServiceState[] State { get; set; } = [];

    /// <summary>Services that have ended, too.</summary>
    [Parameter]
    public SwitchParameter IncludeEnded { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        var services = await SelectAsync(Name, IncludeEnded || State.Any(state => state.IsEnded()));
        foreach (var service in services)
        {
            if (Mode.Length > 0 && !Mode.Contains(service.Mode)) continue;
            if (State.Length > 0 && !State.Contains(service.State)) continue;
            WriteObject(new OnionService(service));
        }
    }
}
