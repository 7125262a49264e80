using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Pipeline;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Copy-OnionUrl</c>: puts a service's URL, password included, on the clipboard.</summary>
[Cmdlet(VerbsCommon.Copy, "OnionUrl")]
[OutputType(typeof(string))]
public sealed class CopyOnionUrlCommand : ServiceCommand
{
    // A constant: the URLs are handed over as arguments, never as script.
    private const string SetClipboard = "param($Text) Microsoft.PowerShell.Management\\Set-Clipboard -Value $Text -ErrorAction Stop";

    private readonly List<string> _urls = [];

    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services; without it, the only one that runs.")]
    [Alias("Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Give the URL out, too.")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await SelectOneAsync(Name))
        {
            if (service.Url is { } url) _urls.Add(url);
            else WriteError(Errors.NoAddress(new OnionService(service)));
        }
    }

    /// <inheritdoc/>
    protected override Task EndProcessingAsync()
    {
        if (_urls.Count == 0) return Task.CompletedTask;
        var text = string.Join(Environment.NewLine, _urls);
        if (!HasClipboard()) WriteError(Errors.NoClipboard(null, text));
        else if (Failure(text) is { } failure) WriteError(Errors.NoClipboard(failure, text));
        if (PassThru)
            foreach (var url in _urls) WriteObject(url);
        return Task.CompletedTask;
    }

    // Set-Clipboard on Linux goes through xclip and says nothing when there is no display to go to.
    private static bool HasClipboard() =>
        !OperatingSystem.IsLinux()
        || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DISPLAY"))
        || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WAYLAND_DISPLAY"))
        || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("WSL_DISTRO_NAME"));

    private RuntimeException? Failure(string text) => PipelinePump.Outside(() =>
    {
        try
        {
            InvokeCommand.InvokeScript(SetClipboard, text);
            return null;
        }
        catch (RuntimeException exception) when (exception is not PipelineStoppedException)
        {
            return exception;
        }
    });
}
