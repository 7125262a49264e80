using System.Net;
using System.Security;

namespace OnionShare.Cmdlets;

/// <summary>Between secrets as PowerShell keeps them and their text, as the engine and vaults take it.</summary>
internal static class Secret
{
    public static string? Plain(SecureString? secret) => secret is null ? null : new NetworkCredential("", secret).Password;

    public static SecureString Secure(string text)
    {
        var secret = new SecureString();
        foreach (var character in text) secret.AppendChar(character);
        secret.MakeReadOnly();
        return secret;
    }
}
