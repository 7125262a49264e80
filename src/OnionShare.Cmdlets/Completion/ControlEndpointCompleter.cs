namespace OnionShare.Cmdlets.Completion;

public sealed class ControlEndpointCompleter : UsualCompleter
{
    private protected override IEnumerable<(string Value, string Tooltip)> Usual =>
    [
        ("127.0.0.1:9051", "A system tor with ControlPort 9051"),
        ("127.0.0.1:9151", "The tor of a Tor Browser that runs"),
        ("unix:/run/tor/control", "A system tor's socket (Debian, Fedora, Arch)"),
    ];
}
