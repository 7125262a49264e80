
namespace OnionShare.Engine.Tor.Control;

/// <summary>The ways into a control port (control-spec 3.5).</summary>
internal enum ControlMethod
{
    /// <summary>With the cookie, after tor proved that it knows it, too.</summary>
    SafeCookie,

    /// <summary>With the cookie as it is.</summary>
    Cookie,

    /// <summary>With the password.</summary>
    Password,

    /// <summary>It is open to everybody.</summary>
    Nothing,
}

/// <summary>What came of authenticating to a control port.</summary>
/// <param name="Version">tor's version.</param>
/// <param name="Method">How one got in.</param>
internal sealed record ControlLogin(string Version, ControlMethod Method);
