using System.Security;
using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Export-OnionService</c>: writes all that is kept of a saved service to one file, to move it or as a backup.</summary>
[Cmdlet(VerbsData.Export, "OnionService", DefaultParameterSetName = EncryptedSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportOnionServiceCommand : OnionCommand
{
    private const string EncryptedSet = "Encrypted";
    private const string PlainSet = "Plain";
    private const string Extension = ".onionservice";

    // Of all systems, so that an export made on one can be copied to another.
    private static readonly char[] NotInFileNames = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

    private readonly List<(string Name, Func<ExportRequest, Task<SavedService>> Export)> _exports = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards) of saved services, or the services.")]
    [Alias("Service"), SupportsWildcards, SavedName, ArgumentCompleter(typeof(SavedNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(Mandatory = true, Position = 1, HelpMessage = "The file to write, or a folder that is there to write NAME.onionservice into.")]
    [Alias("LiteralPath", "LP"), ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter(ParameterSetName = EncryptedSet, HelpMessage = "The passphrase to encrypt it with, a string or a SecureString; at least eight characters; asked for without it.")]
    [Password]
    public SecureString? Passphrase { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = PlainSet, HelpMessage = "Do not encrypt: whoever reads the file can take over the address.")]
    public SwitchParameter NoEncryption { get; set; }

    [Parameter(HelpMessage = "Replace a file that is there.")]
    public SwitchParameter Force { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The vault they are in."), ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    protected override void BeginProcessing()
    {
        Vaults.Check(Vault);
        if (!NoEncryption) Passphrase ??= PassphrasePrompt.AskTwice(this);
        if (Passphrase is { Length: 0 }) ThrowTerminatingError(Errors.EmptyPassphrase());
    }

    protected override async Task ProcessRecordAsync()
    {
        if (!string.IsNullOrEmpty(Vault))
        {
            var vault = Vaults.Open(Vault);
            foreach (var one in await vault.SelectReadableAsync(Name))
            {
                _exports.Add((one.Service.Name, request => Engine.Records.ExportAsync(
                    new ExportRecordRequest { Document = one.Document, Vault = vault.Vault, Export = request }, StopToken)));
            }

            return;
        }

        foreach (var saved in await SavedServices.SelectReadableAsync(Name))
            _exports.Add((saved.Name, request => Engine.Saved.ExportAsync(saved.Name, request, StopToken)));
    }

    protected override async Task EndProcessingAsync()
    {
        if (new SharedPaths(this, WriteError).Literal(Path) is not { } path) return;
        if (_exports.Count > 1 && !Directory.Exists(path)) ThrowTerminatingError(Errors.OneFileForOne(Path, _exports.Count));
        foreach (var (name, export) in _exports) await ExportAsync(name, path, export);
    }

    private async Task ExportAsync(string name, string path, Func<ExportRequest, Task<SavedService>> export)
    {
        var file = Directory.Exists(path) ? System.IO.Path.Combine(path, FileName(name)) : path;
        var action = NoEncryption ? "Export, not encrypted" : "Export";
        if (!ShouldProcess($"'{RemoteText.Show(name)}'", $"{action}, to {RemoteText.Show(file)}")) return;
        var request = new ExportRequest
        {
            Path = file,
            Passphrase = Secret.Plain(Passphrase),
            NoEncryption = NoEncryption,
            Overwrite = Force,
        };
        await ForOneAsync(async () =>
        {
            await export(request);
            WriteObject(FileItem(file));
        });
    }

    // The name alone is never a path: it ends in the extension and holds no separator.
    private static string FileName(string name) => string.Join('_', name.Split(NotInFileNames)) + Extension;
}
