using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Show-OnionUrl</c>: a service's URL, or a visitor's client key, as a QR code for a phone: in the terminal, with the text below it, or as an image.</summary>
[Cmdlet(VerbsCommon.Show, "OnionUrl", DefaultParameterSetName = UrlSet)]
[OutputType(typeof(string))]
[OutputType(typeof(FileInfo))]
public sealed class ShowOnionUrlCommand : OnionCommand
{
    private const string UrlSet = "Url";
    private const string KeySet = "Key";

    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = UrlSet, HelpMessage = "Names (wildcards), ids, or services; without it, the only one that runs.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = KeySet, HelpMessage = "Draw a visitor's client key instead, as Tor Browser asks for it.")]
    public SwitchParameter Key { get; set; }

    // Not mandatory: PowerShell would take whatever the pipeline brings for it, and ask for -Key.
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = KeySet, HelpMessage = "What Grant-OnionAccess gives, or the private key as text.")]
    [AllowEmptyString, PrivateKey]
    public string[] Access { get; set; } = [];

    [Parameter(HelpMessage = "Write an image to this file, .png or .svg, that only you can read, instead of drawing.")]
    [Alias("LiteralPath", "LP"), ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(HelpMessage = "Write the image in place of a file that is there.")]
    public SwitchParameter Force { get; set; }

    [Parameter(HelpMessage = "Draw dark on light, for a terminal with a light background.")]
    public SwitchParameter Invert { get; set; }

    private string? _file;

    protected override void BeginProcessing()
    {
        if (Path is null) return;
        _file = new SharedPaths(this, ThrowTerminatingError).Literal(Path)!;
        if (Form(_file) == QrForm.Text) ThrowTerminatingError(PathErrors.NoImage(Path));
    }

    protected override async Task ProcessRecordAsync()
    {
        if (Key)
        {
            foreach (var key in Access.DefaultIfEmpty(""))
            {
                if (key.Length > 0) await ForOneAsync(() => DrawAsync(key));
                else WriteError(Errors.NoPrivateKey());
            }

            return;
        }

        foreach (var service in await Services.SelectOneAsync(Name))
        {
            if (service.Url is { } url) await ForOneAsync(() => DrawAsync(url));
            else WriteError(Errors.NoAddress(new OnionService(service)));
        }
    }

    private static QrForm Form(string file) => System.IO.Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".PNG" => QrForm.Png,
        ".SVG" => QrForm.Svg,
        _ => QrForm.Text,
    };

    private async Task DrawAsync(string text)
    {
        var drawing = await Engine.QrCodeAsync(new QrRequest(text, _file is null ? QrForm.Text : Form(_file)), StopToken);
        if (_file is not null)
        {
            Write(_file, drawing.Image!);
            return;
        }

        foreach (var line in drawing.Lines) WriteObject(Invert ? string.Concat(line.Select(Inverted)) : line);
        WriteObject(text);
        if (!Console.IsOutputRedirected && MyInvocation.PipelinePosition == MyInvocation.PipelineLength) WarnIfTooLarge(drawing.Lines, text);
    }

    // Said last: what is said first has left a window that is too small.
    private void WarnIfTooLarge(IReadOnlyList<string> lines, string text)
    {
        var window = Host.UI.RawUI.WindowSize;
        if (window is not { Width: > 0, Height: > 0 }) return;
        var rows = lines.Count + (text.Length + window.Width - 1) / window.Width + 1;
        if (lines[0].Length > window.Width || rows > window.Height)
            WriteWarning($"The code needs {lines[0].Length} columns and {rows} rows, this window has {window.Width} and {window.Height}. Make it larger and show the code again, or write an image: -Path code.png.");
    }

    private void Write(string file, byte[] image)
    {
        if (!Force && System.IO.Path.Exists(file))
        {
            WriteError(PathErrors.FileIsThere(file));
            return;
        }

        try
        {
            // It holds the password, or the key.
            UserOnlyFile.Write(file, image);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            WriteError(PathErrors.FileNotWritten(file, failure));
            return;
        }

        WriteObject(FileItem(file));
    }

    private static char Inverted(char drawn) => drawn switch { '█' => ' ', ' ' => '█', '▀' => '▄', '▄' => '▀', _ => drawn };
}
