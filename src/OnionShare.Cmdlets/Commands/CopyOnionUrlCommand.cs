using System.Globalization;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Pipeline;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Copy-OnionUrl</c>: puts a service's URL, password included, on the clipboard; where there is none, gives the URL out.</summary>
[Cmdlet(VerbsCommon.Copy, "OnionUrl")]
[OutputType(typeof(string))]
public sealed class CopyOnionUrlCommand : OnionCommand
{
    // Constants: the URLs are handed over as arguments, never as script.
    private const string SetClipboard = "param($Text) Microsoft.PowerShell.Management\\Set-Clipboard -Value $Text -ErrorAction Stop";
    private const string SendToTerminal = "param($Text) Microsoft.PowerShell.Management\\Set-Clipboard -Value $Text -AsOSC52 -ErrorAction Stop";
    private const string GetClipboard = "Microsoft.PowerShell.Management\\Get-Clipboard -Raw -ErrorAction Stop";

    private readonly List<string> _urls = [];

    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services; without it, the only one that runs.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Let the terminal copy it (OSC 52): that reaches the clipboard of the computer one sits at, through ssh and tmux, too.")]
    public SwitchParameter OSC52 { get; set; }

    [Parameter(HelpMessage = "Give the URL out, too.")]
    public SwitchParameter PassThru { get; set; }

    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await Services.SelectOneAsync(Name))
        {
            if (service.Url is { } url) _urls.Add(url);
            else WriteError(Errors.NoAddress(new OnionService(service)));
        }
    }

    protected override Task EndProcessingAsync()
    {
        if (_urls.Count == 0) return Task.CompletedTask;
        var isCopied = Copy(string.Join(Environment.NewLine, _urls));
        // Whoever can't paste it must at least see it.
        if (PassThru || !isCopied)
            foreach (var url in _urls) WriteObject(url);
        return Task.CompletedTask;
    }

    private bool Copy(string text)
    {
        var what = _urls.Count == 1 ? "The link" : $"{_urls.Count} links";
        if (OSC52 || (!HasClipboard() && IsFarAway() && !Console.IsOutputRedirected))
        {
            if (Run(SendToTerminal, text, out _) is { } refused) WriteWarning($"The terminal was not reached ({RemoteText.Show(refused.Message)}). {what}:");
            else WriteWarning($"{what} went to the terminal (OSC 52), which copies it if it can. If pasting gives something else, here it is:");
            return false;
        }

        if (!HasClipboard())
        {
            WriteWarning($"There is no clipboard here. {what} to copy by hand:");
            return false;
        }

        if (Run(SetClipboard, text, out _) is { } failure)
        {
            WriteWarning($"It could not be copied to the clipboard ({RemoteText.Show(failure.Message)}). {what} to copy by hand:");
            return false;
        }

        // Set-Clipboard says nothing when the program it needs fails.
        if (Run(GetClipboard, null, out var there) is null && there?.TrimEnd('\r', '\n') == text)
        {
            WriteHost($"{what} {(_urls.Count == 1 ? "is" : "are")} on the clipboard.");
            return true;
        }

        WriteWarning($"The clipboard does not give back what was copied to it. {what} to copy by hand:");
        return false;
    }

    // Set-Clipboard on Linux goes through xclip and says nothing when there is no display to go to.
    private static bool HasClipboard() => !OperatingSystem.IsLinux() || IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY") || IsSet("WSL_DISTRO_NAME");

    private static bool IsFarAway() => IsSet("SSH_TTY") || IsSet("SSH_CONNECTION") || IsSet("TMUX");

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    private RuntimeException? Run(string script, string? text, out string? answer)
    {
        string? given = null;
        var failure = PipelinePump.Outside(() =>
        {
            try
            {
                given = InvokeCommand.InvokeScript(script, text).FirstOrDefault()?.ToString(null, CultureInfo.InvariantCulture);
                return null;
            }
            catch (RuntimeException exception) when (exception is not PipelineStoppedException)
            {
                return exception;
            }
        });
        answer = given;
        return failure;
    }
}
