using System.Management.Automation;
using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Show-OnionUrl</c>: a service's URL as a QR code for a phone, and as text below it.</summary>
[Cmdlet(VerbsCommon.Show, "OnionUrl")]
[OutputType(typeof(string))]
public sealed class ShowOnionUrlCommand : OnionCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services; without it, the only one that runs.")]
    [Alias("Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Draw dark on light, for a terminal with a light background.")]
    public SwitchParameter Invert { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await Services.SelectOneAsync(Name))
        {
            if (service.Url is not { } url)
            {
                WriteError(Errors.NoAddress(new OnionService(service)));
                continue;
            }

            // Selected, so the engine is there.
            var lines = await (await EngineAsync())!.QrCodeAsync(service.Id, StopToken);
            foreach (var line in lines) WriteObject(Invert ? string.Concat(line.Select(Inverted)) : line);
            WriteObject(url);
        }
    }

    private static char Inverted(char drawn) => drawn switch { '█' => ' ', ' ' => '█', '▀' => '▄', '▄' => '▀', _ => drawn };
}
