namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes usual sizes; units are powers of 1024, as everywhere in PowerShell.</summary>
public sealed class SizeCompleter : UsualCompleter
{
    private protected override IEnumerable<(string Value, string Tooltip)> Usual =>
    [
        ("10MB", "10 MiB: photos, documents"),
        ("100MB", "100 MiB"),
        ("500MB", "500 MiB"),
        ("1GB", "1 GiB"),
        ("5GB", "5 GiB: a film"),
        ("20GB", "20 GiB"),
        ("100GB", "100 GiB: a disk's image"),
    ];
}
