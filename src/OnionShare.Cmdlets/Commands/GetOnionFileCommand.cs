namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionFile</c>: lists the files that somebody else's service offers.</summary>
[Cmdlet(VerbsCommon.Get, "OnionFile")]
[OutputType(typeof(OnionRemoteFile))]
public sealed class GetOnionFileCommand : RemoteCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The service's URL."), ValidateNotNullOrEmpty]
    public string[] Url { get; set; } = [];

    [Parameter(HelpMessage = "Only files of such names or paths; wildcards."), SupportsWildcards, ValidateNotNullOrEmpty]
    public string[] Include { get; set; } = [];

    protected override async Task ProcessRecordAsync()
    {
        foreach (var url in Url) await AtAsync(AccessTo(url), ListAsync);
    }

    private async Task ListAsync(RemoteAccess access)
    {
        var request = new RemoteListRequest
        {
            Url = access.Url,
            Password = Secret.Plain(access.Password),
            ClientKey = Secret.Plain(access.ClientKey),
            LocalOnly = access.LocalOnly,
        };
        var listing = await Engine.Remote.ListAsync(request, StopToken);
        if (listing.Kind is RemoteKind.Receive or RemoteKind.Chat)
        {
            WriteWarning(listing.Kind == RemoteKind.Chat
                ? "The service is a chat room: enter it with Enter-OnionChat."
                : "The service takes files and offers none: send some with Send-OnionFile.");
        }

        if (listing.IsCut) WriteWarning("The service has more files than it lists.");
        var patterns = Include.Select(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase)).ToList();
        foreach (var file in listing.Files)
        {
            if (patterns.Count == 0 || patterns.Exists(pattern => pattern.IsMatch(file.Path) || pattern.IsMatch(file.Path[(file.Path.LastIndexOf('/') + 1)..])))
                WriteObject(new OnionRemoteFile(file, access));
        }
    }
}
