using System.Security;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Vaults;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What all commands that start a new service have in common: their parameters and what becomes of them.</summary>
public abstract class StartServiceCommand : LaunchCommand
{
    private const int ShortPassword = 8;

    private VaultedServices? _vault;
    private SharedPaths? _paths;

    [Parameter(HelpMessage = "A name for the service; without one the engine makes one up."), ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    [Parameter(HelpMessage = "The title of its pages."), ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    [Parameter(HelpMessage = "The language of its pages, such as fa; without it that of each visitor's browser."), ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PageLanguageCompleter))]
    public string? Language { get; set; }

    [Parameter(HelpMessage = "No password is asked of visitors.")]
    public SwitchParameter Public { get; set; }

    [Parameter(HelpMessage = "The visitors' password, a string or a SecureString; without one the engine draws one."), Password]
    public SecureString? Password { get; set; }

    [Parameter(HelpMessage = "No tor: the service answers on 127.0.0.1 only.")]
    public SwitchParameter LocalOnly { get; set; }

    [Parameter(HelpMessage = "Different wrong passwords after which the service stops; 0 = never, only delay."), ValidateRange(0, int.MaxValue)]
    public int GuessLimit { get; set; } = 20;

    [Parameter(HelpMessage = "Only visitors with a client key (Grant-OnionAccess) reach the service.")]
    public SwitchParameter RequireClientKey { get; set; }

    [Parameter(HelpMessage = "Keep on the disk which transfers there were, for Get-OnionTransfer -History.")]
    public SwitchParameter KeepHistory { get; set; }

    [Parameter(HelpMessage = "Keep settings, password and key, so that Restore-OnionService starts it again at the same address.")]
    public SwitchParameter Save { get; set; }

    [Parameter(HelpMessage = "Keep them in this vault of Microsoft.PowerShell.SecretManagement, and nothing of them on the disk. Means -Save.")]
    [ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    /// <summary>What the command is about to do and to what, for -WhatIf and -Confirm.</summary>
    private protected abstract (string Target, string Action) Intent { get; }

    // What failed stays saved, and has its name.
    private protected override bool CanStartAgain => !Save;

    /// <summary>Where visitors come to it, the end of an action's sentence.</summary>
    private protected string Where => LocalOnly ? " on 127.0.0.1" : " as a Tor onion service";

    private protected SharedPaths Paths => _paths ??= new SharedPaths(this, WriteError);

    /// <summary>Takes the paths that were given as parameters.</summary>
    private protected virtual void TakeNamed()
    {
    }

    /// <summary>Throws a terminating error for parameters of the command's own that make no sense together.</summary>
    private protected virtual void CheckParameters()
    {
    }

    /// <summary>The request without the common settings. Throws a terminating error for what can't be served.</summary>
    private protected abstract ServiceRequest MakeRequest();

    protected sealed override void BeginProcessing()
    {
        // Checked first, so that a mistake is told before the pipeline has done its work.
        if (Public && Password is not null) ThrowTerminatingError(Errors.ParametersClash(nameof(Public), nameof(Password)));
        if (LocalOnly && RequireClientKey) ThrowTerminatingError(Errors.ParametersClash(nameof(LocalOnly), nameof(RequireClientKey)));
        if (Password is { Length: 0 }) ThrowTerminatingError(Errors.EmptyPassword());
        Vaults.Check(Vault);
        if (Vault is not null && IsGiven(nameof(Save)) && !Save) ThrowTerminatingError(Errors.ParametersClash("Save:$false", nameof(Vault)));
        CheckTimes();
        CheckParameters();
        if (Password is { Length: > 0 and < ShortPassword })
            WriteWarning($"The password has fewer than {ShortPassword} characters. Who finds the address may guess it; without -Password a good one is made up.");
        TakeNamed();
        if (Vault is not null) _vault = Vaults.OpenNow(Vault);
    }

    protected sealed override async Task EndProcessingAsync()
    {
        // The errors were reported. What is left is not what was asked for, so it is not published.
        if (Paths.HasRefused) return;
        var request = MakeRequest() with
        {
            Name = Name,
            Title = Title,
            Language = Language,
            Public = Public,
            Password = Secret.Plain(Password),
            LocalOnly = LocalOnly,
            GuessLimit = GuessLimit,
            RequireClientKey = RequireClientKey,
            KeepHistory = KeepHistory,
            Save = Save && _vault is null,
            StartAt = StartMoment,
            StopAt = StopMoment,
            StopAfter = StopSpan,
            Owner = Owner,
            StartedBy = StartedBy,
        };
        var (target, action) = Intent;
        if (!ShouldProcess(target, action)) return;
        if (_vault is not null) await StartInVaultAsync(_vault, request);
        else await LaunchAsync(LaunchRequest.Of(request), Name ?? request.Mode.ToString());
    }

    private async Task StartInVaultAsync(VaultedServices vault, ServiceRequest request)
    {
        // Asked before anything is published. Without a name one is taken that is free in the vault, too: the next of this kind would get it again.
        if (Name is not null) await vault.RequireFreeAsync(Name);
        var services = await EngineAsync() is { } engine ? await engine.ServicesAsync(StopToken) : [];
        var name = Name ?? vault.FirstFree(request.Mode, services.Where(service => !service.State.IsEnded()).Select(service => service.Name));
        request = request with { Name = name };
        await LaunchAsync(LaunchRequest.Of(request), name, vault);
        Vaults.WarnOfLimits(name, Detach, (request as WebsiteRequest)?.OnionBalance);
    }
}
