using System.Security;
using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Test-OnionService</c>: visits one's own service as a visitor would, and tells of each step. Nothing of it is counted.</summary>
[Cmdlet(VerbsDiagnostic.Test, "OnionService")]
[OutputType(typeof(OnionServiceCheck), typeof(bool))]
public sealed class TestOnionServiceCommand : TorCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services; without it, the only one that runs.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "A client key that was granted, a string or a SecureString, where the service asks for one."), Password]
    public SecureString? ClientKey { get; set; }

    [Parameter(HelpMessage = "Give only $true, or $false when a step failed.")]
    public SwitchParameter Quiet { get; set; }

    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await Services.SelectOneAsync(Name)) await ForOneAsync(() => TestAsync(service));
    }

    private async Task TestAsync(ServiceStatus service)
    {
        var client = (await EngineAsync())!; // selected, so the engine is there
        var checks = client.Tor.TestServiceAsync(service.Id, new ServiceTestRequest { ClientKey = Secret.Plain(ClientKey) }, StopToken);
        var steps = checks.GetAsyncEnumerator(StopToken);
        await using var reading = steps;
        var passed = true;
        while (await ShowWaitAsync($"Visiting {RemoteText.Show(service.Name, 40)}", "As a visitor would", () => steps.MoveNextAsync().AsTask()))
        {
            var check = new OnionServiceCheck(service.Name, steps.Current);
            passed &= steps.Current.Result != TorCheckResult.Failed;
            if (Quiet) WriteVerbose($"{check}. {check.Detail} {check.Advice}".TrimEnd());
            else WriteObject(check);
        }

        if (Quiet) WriteObject(passed);
    }
}
