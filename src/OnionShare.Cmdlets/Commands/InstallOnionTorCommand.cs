namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Install-OnionTor</c>: fetches a tor program, checks that it is the Tor Project's, and keeps it for the engine.</summary>
[Cmdlet(VerbsLifecycle.Install, "OnionTor", SupportsShouldProcess = true)]
[OutputType(typeof(OnionTorInstallation))]
public sealed class InstallOnionTorCommand : TorCommand
{
    [Parameter(HelpMessage = "Another site to fetch from, such as a mirror; an http or https address."), ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    [Parameter(HelpMessage = "Another place to look the signing key up at; an http or https address."), ValidateNotNullOrEmpty]
    public string? KeySource { get; set; }

    [Parameter(HelpMessage = "Where no gpg is here, go on without checking the signature.")]
    public SwitchParameter WithoutSignature { get; set; }

    protected override void BeginProcessing()
    {
        RequireWebAddress(nameof(Source), Source);
        RequireWebAddress(nameof(KeySource), KeySource);
    }

    protected override async Task EndProcessingAsync()
    {
        var site = Source is null ? "the Tor Project's site" : RemoteText.Show(new Uri(Source).GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped));
        var action = WithoutSignature ? "Fetch it outside Tor and keep it, even if its signature can't be checked" : "Fetch it outside Tor, check and keep it";
        if (!ShouldProcess($"tor from {site}", action)) return;

        var request = new TorInstallRequest { Source = Source, KeySource = KeySource, WithoutSignature = WithoutSignature };
        var installation = await ShowWaitAsync(
            "Installing tor", $"Fetching from {site} and checking", () => Engine.Tor.InstallAsync(request, StopToken));
        if (installation.SignedBy is null)
        {
            WriteWarning(
                "THE SIGNATURE WAS NOT CHECKED, as there is no gpg here. The archive fits the checksum published beside it, which shows that it "
                    + "arrived whole, but not that it is the Tor Project's. Install gpg (GnuPG) and run Install-OnionTor again.");
        }

        WriteObject(new OnionTorInstallation(installation));
    }

    private void RequireWebAddress(string parameter, string? address)
    {
        if (address is null || (WebAddress.TryRead(address, out var uri) && uri.Scheme is "http" or "https")) return;
        ThrowTerminatingError(Errors.NotWebAddress(parameter, address, "Nothing was fetched."));
    }
}
