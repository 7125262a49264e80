using System.Security;
using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// <c>Import-OnionService</c>: saves services from files: exports, OnionShare's persistent tabs, and keys as tor and mkp224o keep them.
/// </summary>
[Cmdlet(VerbsData.Import, "OnionService", DefaultParameterSetName = AsItIsSet, SupportsShouldProcess = true)]
[OutputType(typeof(OnionSavedService))]
public sealed class ImportOnionServiceCommand : OnionCommand
{
    private const string AsItIsSet = "AsItIs";
    private const string AnewSet = "Anew";

    private int _imported;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The file or folder to read, its name taken as it is.")]
    [Alias("PSPath", "LiteralPath", "LP"), ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter(HelpMessage = "The passphrase of an encrypted export, a string or a SecureString."), Password]
    public SecureString? Passphrase { get; set; }

    [Parameter(HelpMessage = "The name to save it under; without it that of the export, or one made from the file's."), ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = AnewSet, HelpMessage = "What the service is to do at the address; needed where the file holds a key only.")]
    public ServiceMode Mode { get; set; }

    [Parameter(ParameterSetName = AnewSet, HelpMessage = "The files and folders to share or to serve, or the folder to receive into; wildcards are resolved for the first two.")]
    [SupportsWildcards, ValidateNotNullOrEmpty, Path]
    public string[] ContentPath { get; set; } = [];

    [Parameter(ParameterSetName = AnewSet, HelpMessage = "The title of its pages."), ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    [Parameter(ParameterSetName = AnewSet, HelpMessage = "No password is asked of visitors.")]
    public SwitchParameter Public { get; set; }

    [Parameter(ParameterSetName = AnewSet, HelpMessage = "The visitors' password, a string or a SecureString; without it that of the file, or one is drawn.")]
    [Password]
    public SecureString? Password { get; set; }

    [Parameter(ParameterSetName = AnewSet, HelpMessage = "Only visitors with a client key reach the service.")]
    public SwitchParameter RequireClientKey { get; set; }

    [Parameter(ParameterSetName = AnewSet, HelpMessage = "A share goes on after a complete download.")]
    public SwitchParameter KeepSharing { get; set; }

    [Parameter(HelpMessage = "Save it in this vault of Microsoft.PowerShell.SecretManagement, and nothing of it on the disk.")]
    [ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    [Parameter(HelpMessage = "Replace a saved service of that name; its address is lost unless it is the same.")]
    public SwitchParameter Force { get; set; }

    protected override void BeginProcessing()
    {
        Vaults.Check(Vault);
        if (Public && Password is not null) ThrowTerminatingError(Errors.ParametersClash(nameof(Public), nameof(Password)));
        if (Password is { Length: 0 }) ThrowTerminatingError(Errors.EmptyPassword());
        if (KeepSharing && Mode != ServiceMode.Share) ThrowTerminatingError(Errors.OnlyForMode(nameof(KeepSharing), ServiceMode.Share));
        if (ParameterSetName == AnewSet && Mode != ServiceMode.Chat && ContentPath.Length == 0) ThrowTerminatingError(Errors.ContentNeeded(Mode));
        if (Mode == ServiceMode.Receive && ContentPath.Length > 1) ThrowTerminatingError(PathErrors.OneFolderOnly());
    }

    protected override async Task ProcessRecordAsync()
    {
        if (Name is not null && _imported++ > 0) ThrowTerminatingError(Errors.NameForOne());
        if (new SharedPaths(this, WriteError).Literal(Path) is not { } path) return;
        if (!System.IO.Path.Exists(path))
        {
            WriteError(PathErrors.NothingToImport(Path));
            return;
        }

        var content = new SharedPaths(this, WriteError);
        var service = ParameterSetName == AnewSet ? MakeRequest(content) : null;
        if (content.HasRefused) return;
        var request = new ImportRequest
        {
            Path = path,
            Passphrase = Secret.Plain(Passphrase),
            Name = Name,
            Service = service,
            Overwrite = Force,
        };
        if (!ShouldProcess(RemoteText.Show(path), Force ? "Import, replacing what is saved under its name" : "Import")) return;
        await ForOneAsync(async () => WriteObject(new OnionSavedService(await ImportAsync(request))));
    }

    private async Task<SavedService> ImportAsync(ImportRequest request)
    {
        try
        {
            return Vault is null
                ? await Engine.Saved.ImportAsync(request, StopToken)
                : await Vaults.Open(Vault).KeepAsync(await Engine.Records.ImportAsync(request, StopToken), Force);
        }
        catch (ProblemException encrypted) when (encrypted.Problem.Code == ProblemCodes.PassphraseNeeded && request.Passphrase is null)
        {
            Passphrase = PassphrasePrompt.Ask(this, $"Passphrase of {RemoteText.Show(request.Path)}: ");
            return await ImportAsync(request with { Passphrase = Secret.Plain(Passphrase) });
        }
    }

    private ServiceRequest MakeRequest(SharedPaths content)
    {
        if (Mode is ServiceMode.Share or ServiceMode.Website) content.AddWildcards(ContentPath);
        ServiceRequest request = Mode switch
        {
            ServiceMode.Share => new ShareRequest { Paths = [.. content.All], Listed = content.Listed, KeepSharing = KeepSharing },
            ServiceMode.Website => new WebsiteRequest { Paths = [.. content.All], Listed = content.Listed },
            ServiceMode.Receive => new ReceiveRequest { Path = content.Folder(ContentPath[0]) ?? "" },
            _ => new ChatRequest(),
        };
        return request with
        {
            Title = Title,
            Public = Public,
            Password = Secret.Plain(Password),
            RequireClientKey = RequireClientKey,
        };
    }
}
