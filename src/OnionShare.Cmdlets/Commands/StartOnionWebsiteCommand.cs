using System.Management.Automation;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Start-OnionWebsite</c>: serves static files as a website.</summary>
[Cmdlet(VerbsLifecycle.Start, "OnionWebsite", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(OnionService), typeof(OnionServiceJob))]
public sealed class StartOnionWebsiteCommand : StartPathsCommand
{
    /// <summary>The Content-Security-Policy of the site's pages, instead of the strict one.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? ContentSecurityPolicy { get; set; }

    /// <summary>Send no Content-Security-Policy.</summary>
    [Parameter]
    public SwitchParameter NoContentSecurityPolicy { get; set; }

    /// <summary>Serve hidden files, too.</summary>
    [Parameter]
    public SwitchParameter IncludeHidden { get; set; }

    private protected override string Verb => "serve";

    private protected override void CheckParameters()
    {
        if (NoContentSecurityPolicy && ContentSecurityPolicy is not null)
            ThrowTerminatingError(Errors.ParametersClash(nameof(ContentSecurityPolicy), nameof(NoContentSecurityPolicy)));
    }

    private protected override ServiceRequest MakeRequest(IReadOnlyList<string> paths) => new WebsiteRequest
    {
        Paths = paths,
        ContentSecurityPolicy = ContentSecurityPolicy,
        NoContentSecurityPolicy = NoContentSecurityPolicy,
        IncludeHidden = IncludeHidden,
    };
}
