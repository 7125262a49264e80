
namespace OnionShare.Engine.Tor.Control;

/// <summary>The ways into a control port (control-spec 3.5).</summary>
internal enum ControlMethod
{
    /// <summary>With the cookie, after tor proved that it knows it, too.</summary>
    SafeCookie,
    Cookie,
    Password,
    Nothing,
}

/// <summary>What came of authenticating to a control port.</summary>
internal sealed record ControlLogin(string Version, ControlMethod Method);
