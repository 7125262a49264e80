using System.Security.Cryptography;

namespace OnionShare.Engine.Tor.Control;

/// <summary>Authentication to the control port (control-spec 3.5, 3.21 and 3.24).</summary>
internal static class ControlAuthentication
{
    private const int CookieLength = 32;
    private static readonly byte[] ServerKey = "Tor safe cookie authentication server-to-controller hash"u8.ToArray();
    private static readonly byte[] ClientKey = "Tor safe cookie authentication controller-to-server hash"u8.ToArray();

    /// <summary>Authenticates by the best way both sides have: SAFECOOKIE, COOKIE, the password, nothing.</summary>
    /// <param name="control">The fresh connection.</param>
    /// <param name="secrets">What is known here to get in with.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ControlAuthenticationException">
    /// None of the ways is open; or the other side failed to prove that it knows the cookie: then nothing more is told to it.
    /// </exception>
    public static async Task<ControlLogin> AuthenticateAsync(ControlConnection control, ControlSecrets secrets, CancellationToken cancellationToken)
    {
        var offer = Offer.Of(await control.SendAsync("PROTOCOLINFO 1", cancellationToken));
        ControlAuthenticationException? unreadable = null;
        if (offer.TakesCookie && (secrets.CookieFile ?? offer.CookieFile) is { } file)
        {
            // A cookie that is sent as it is goes to whoever answers; and whoever answers names the file.
            if (!offer.Has("SAFECOOKIE") && !secrets.IsLocal && secrets.CookieFile is null)
                unreadable = new ControlAuthenticationException(ControlRefusal.CookieUnreadable, "a remote tor without SAFECOOKIE may not choose the file", file);
            else if (await CookieAsync(file, cancellationToken) is (var cookie, var failure) && cookie is not null)
                return await TakeCookieAsync(control, offer, file, cookie, cancellationToken);
            else
                unreadable = failure;
        }

        if (secrets.Password is { } password && offer.Has("HASHEDPASSWORD"))
        {
            await TryAsync(control, "AUTHENTICATE " + ControlText.Quote(password), ControlRefusal.PasswordWrong, null, cancellationToken);
            return new ControlLogin(offer.Version, ControlMethod.Password);
        }

        if (offer.Has("NULL"))
        {
            await TryAsync(control, "AUTHENTICATE", ControlRefusal.NoCommonWay, null, cancellationToken);
            return new ControlLogin(offer.Version, ControlMethod.Nothing);
        }

        throw unreadable ?? (offer.Has("HASHEDPASSWORD")
            ? new ControlAuthenticationException(ControlRefusal.PasswordNeeded, "tor's control port asks for a password.")
            : new ControlAuthenticationException(ControlRefusal.NoCommonWay, $"tor's control port takes only {RemoteText.Show(string.Join(", ", offer.Methods))}."));
    }

    private static async Task<ControlLogin> TakeCookieAsync(ControlConnection control, Offer offer, string file, byte[] cookie, CancellationToken cancellationToken)
    {
        var method = offer.Has("SAFECOOKIE") ? ControlMethod.SafeCookie : ControlMethod.Cookie;
        var proof = method == ControlMethod.SafeCookie ? await SafeCookieAsync(control, file, cookie, cancellationToken) : cookie;
        await TryAsync(control, "AUTHENTICATE " + Convert.ToHexString(proof), ControlRefusal.CookieWrong, file, cancellationToken);
        return new ControlLogin(offer.Version, method);
    }

    private static async Task<(byte[]? Cookie, ControlAuthenticationException? Failure)> CookieAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return (await ReadCookieAsync(file, cancellationToken), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (null, new ControlAuthenticationException(
                ControlRefusal.CookieUnreadable, $"The cookie file of tor's control port can't be read: {RemoteText.Show(e.Message, 400)}", file, e));
        }
    }

    private static async Task<byte[]> ReadCookieAsync(string file, CancellationToken cancellationToken)
    {
        // Whoever answers on the port names the file. Only something that can be a cookie is read, so that no other secret leaves.
        if (new FileInfo(file) is { Exists: true, Length: not CookieLength })
            throw new IOException($"{file} is not {CookieLength} bytes long.");
        return await File.ReadAllBytesAsync(file, cancellationToken);
    }

    private static async Task<byte[]> SafeCookieAsync(ControlConnection control, string file, byte[] cookie, CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(32);
        ControlReply reply;
        try
        {
            reply = await control.SendAsync("AUTHCHALLENGE SAFECOOKIE " + Convert.ToHexString(nonce), cancellationToken);
        }
        catch (ControlRefusedException e)
        {
            throw new ControlAuthenticationException(ControlRefusal.NoCommonWay, e.Message, null, e);
        }

        var text = reply.Lines[0].Text;
        var serverNonce = Hex(ControlText.Attribute(text, "SERVERNONCE"));
        var serverHash = Hex(ControlText.Attribute(text, "SERVERHASH"));
        byte[] message = [.. cookie, .. nonce, .. serverNonce];
        if (serverNonce.Length != 32 || !CryptographicOperations.FixedTimeEquals(serverHash, HMACSHA256.HashData(ServerKey, message)))
            throw new ControlAuthenticationException(ControlRefusal.Impostor, "What answers on the control port does not know tor's cookie: it is not that tor.", file);
        return HMACSHA256.HashData(ClientKey, message);
    }

    private static byte[] Hex(string? text)
    {
        try
        {
            return Convert.FromHexString(text ?? "");
        }
        catch (FormatException)
        {
            return [];
        }
    }

    private static async Task TryAsync(
        ControlConnection control, string command, ControlRefusal refusal, string? file, CancellationToken cancellationToken)
    {
        try
        {
            await control.SendAsync(command, cancellationToken);
        }
        catch (ControlRefusedException e)
        {
            throw new ControlAuthenticationException(refusal, $"tor did not let us in: {RemoteText.Show(e.Reason)}", file, e);
        }
    }

    private sealed record Offer(string[] Methods, string? CookieFile, string Version)
    {
        public bool TakesCookie => Has("SAFECOOKIE") || Has("COOKIE");

        public bool Has(string method) => Methods.Contains(method, StringComparer.Ordinal);

        public static Offer Of(ControlReply reply)
        {
            string[] methods = [];
            string? file = null;
            var version = "";
            foreach (var line in reply.Lines)
            {
                if (line.Text.StartsWith("AUTH ", StringComparison.Ordinal))
                {
                    methods = ControlText.Attribute(line.Text, "METHODS")?.Split(',') ?? [];
                    file = ControlText.Attribute(line.Text, "COOKIEFILE");
                }
                else if (line.Text.StartsWith("VERSION ", StringComparison.Ordinal))
                {
                    version = ControlText.Attribute(line.Text, "Tor") ?? "";
                }
            }

            return new Offer(methods, file, version);
        }
    }
}

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
