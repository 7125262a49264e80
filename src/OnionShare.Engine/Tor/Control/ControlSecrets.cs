
namespace OnionShare.Engine.Tor.Control;

/// <summary>What is known of a control port to get in with.</summary>
/// <param name="Password">The password of its <c>HashedControlPassword</c>; null for none.</param>
/// <param name="CookieFile">Where its cookie is, when that is not where it says; null for there.</param>
/// <param name="IsLocal">Whether it can be reached on this machine only.</param>
internal sealed record ControlSecrets(string? Password, string? CookieFile, bool IsLocal)
{
    /// <summary>Nothing but the cookie of a tor on this machine.</summary>
    public static ControlSecrets CookieOnly { get; } = new(null, null, true);

    /// <summary>Shows none.</summary>
    public override string ToString() => nameof(ControlSecrets);
}
