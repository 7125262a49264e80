namespace OnionShare.Engine.Services;

public static class ServiceUrl
{
    /// <summary>The user name of every service's basic authentication.</summary>
    public const string User = "onionshare";

    /// <summary><c>http://onionshare:PASSWORD@HOST</c>, or <c>http://HOST</c> for a public service; no slash at the end.</summary>
    public static string Of(string host, string? password) =>
        password is null ? $"http://{host}" : $"http://{User}:{Uri.EscapeDataString(password)}@{host}";
}
