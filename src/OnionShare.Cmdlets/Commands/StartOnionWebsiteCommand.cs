namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Start-OnionWebsite</c>: serves static files as a website.</summary>
[Cmdlet(VerbsLifecycle.Start, "OnionWebsite", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(OnionService), typeof(OnionServiceJob))]
public sealed class StartOnionWebsiteCommand : StartPathsCommand
{
    [Parameter(HelpMessage = "The Content-Security-Policy of the site's pages, instead of the strict one."), ValidateNotNullOrEmpty]
    public string? ContentSecurityPolicy { get; set; }

    [Parameter(HelpMessage = "Send no Content-Security-Policy.")]
    public SwitchParameter NoContentSecurityPolicy { get; set; }

    [Parameter(HelpMessage = "Serve hidden files, too.")]
    public SwitchParameter IncludeHidden { get; set; }

    [Parameter(HelpMessage = "Tell of each page and file that is read as a transfer, however small.")]
    public SwitchParameter IncludeVisits { get; set; }

    [Parameter(HelpMessage = "The address of an Onionbalance front whose backend the site is to be; needs -Password or -Public.")]
    [ValidateNotNullOrEmpty]
    public string? OnionBalance { get; set; }

    private protected override string Verb => "serve";

    private protected override void CheckParameters()
    {
        if (NoContentSecurityPolicy && ContentSecurityPolicy is not null)
            ThrowTerminatingError(Errors.ParametersClash(nameof(ContentSecurityPolicy), nameof(NoContentSecurityPolicy)));
        if (OnionBalance is null) return;
        if (LocalOnly) ThrowTerminatingError(Errors.ParametersClash(nameof(OnionBalance), nameof(LocalOnly)));
        if (RequireClientKey) ThrowTerminatingError(Errors.ParametersClash(nameof(OnionBalance), nameof(RequireClientKey)));
        if (!Public && Password is null) ThrowTerminatingError(Errors.BackendPassword());
        if (!Save) WriteWarning("This backend is not saved: at its next start it has another address, and Onionbalance has to be told. -Save keeps the address.");
    }

    private protected override ServiceRequest MakeRequest(IReadOnlyList<string> paths, IReadOnlyList<string> listed) => new WebsiteRequest
    {
        Paths = paths,
        Listed = listed,
        ContentSecurityPolicy = ContentSecurityPolicy,
        NoContentSecurityPolicy = NoContentSecurityPolicy,
        OnionBalance = OnionBalance,
        IncludeHidden = IncludeHidden,
        IncludeVisits = IncludeVisits,
    };
}
