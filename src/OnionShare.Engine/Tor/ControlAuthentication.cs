using System.Security.Cryptography;

namespace OnionShare.Engine.Tor;

/// <summary>Authentication to the control port (control-spec 3.5, 3.21 and 3.24).</summary>
internal static class ControlAuthentication
{
    private const int CookieLength = 32;
    private static readonly byte[] ServerKey = "Tor safe cookie authentication server-to-controller hash"u8.ToArray();
    private static readonly byte[] ClientKey = "Tor safe cookie authentication controller-to-server hash"u8.ToArray();

    /// <summary>Authenticates by the best way both sides have: SAFECOOKIE, COOKIE, the password, nothing.</summary>
    /// <param name="control">The fresh connection.</param>
    /// <param name="password">The password of <c>HashedControlPassword</c>, when there is one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>tor's version.</returns>
    /// <exception cref="ControlAuthenticationException">
    /// None of the ways is open; or the other side failed to prove that it knows the cookie: then nothing more is told to it.
    /// </exception>
    public static async Task<string> AuthenticateAsync(ControlConnection control, string? password, CancellationToken cancellationToken)
    {
        var offer = Offer.Of(await control.SendAsync("PROTOCOLINFO 1", cancellationToken));
        string? unreadable = null;
        if (offer.CookieFile is { } file && (offer.Has("SAFECOOKIE") || offer.Has("COOKIE")))
        {
            byte[]? cookie = null;
            try
            {
                cookie = await ReadCookieAsync(file, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                unreadable = e.Message;
            }

            if (cookie is not null)
            {
                var proof = offer.Has("SAFECOOKIE") ? await SafeCookieAsync(control, cookie, cancellationToken) : cookie;
                await TryAsync(control, "AUTHENTICATE " + Convert.ToHexString(proof), cancellationToken);
                return offer.Version;
            }
        }

        if (password is not null && offer.Has("HASHEDPASSWORD"))
            await TryAsync(control, "AUTHENTICATE " + ControlText.Quote(password), cancellationToken);
        else if (offer.Has("NULL"))
            await TryAsync(control, "AUTHENTICATE", cancellationToken);
        else if (unreadable is not null)
            throw new ControlAuthenticationException($"The cookie file of tor's control port can't be read: {unreadable}");
        else
            throw new ControlAuthenticationException(offer.Has("HASHEDPASSWORD")
                ? "tor's control port asks for a password."
                : $"tor's control port takes only {string.Join(", ", offer.Methods)}.");
        return offer.Version;
    }

    private static async Task<byte[]> ReadCookieAsync(string file, CancellationToken cancellationToken)
    {
        // Whoever answers on the port names the file. Only something that can be a cookie is read, so that no other secret leaves.
        if (new FileInfo(file) is { Exists: true, Length: not CookieLength })
            throw new IOException($"{file} is not {CookieLength} bytes long.");
        return await File.ReadAllBytesAsync(file, cancellationToken);
    }

    private static async Task<byte[]> SafeCookieAsync(ControlConnection control, byte[] cookie, CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(32);
        ControlReply reply;
        try
        {
            reply = await control.SendAsync("AUTHCHALLENGE SAFECOOKIE " + Convert.ToHexString(nonce), cancellationToken);
        }
        catch (ControlRefusedException e)
        {
            throw new ControlAuthenticationException(e.Message, e);
        }

        var text = reply.Lines[0].Text;
        var serverNonce = Hex(ControlText.Attribute(text, "SERVERNONCE"));
        var serverHash = Hex(ControlText.Attribute(text, "SERVERHASH"));
        byte[] message = [.. cookie, .. nonce, .. serverNonce];
        if (serverNonce.Length != 32 || !CryptographicOperations.FixedTimeEquals(serverHash, HMACSHA256.HashData(ServerKey, message)))
            throw new ControlAuthenticationException("What answers on the control port does not know tor's cookie: it is not that tor.");
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

    private static async Task TryAsync(ControlConnection control, string command, CancellationToken cancellationToken)
    {
        try
        {
            await control.SendAsync(command, cancellationToken);
        }
        catch (ControlRefusedException e)
        {
            throw new ControlAuthenticationException($"tor did not let us in: {e.Reason}", e);
        }
    }

    private sealed record Offer(string[] Methods, string? CookieFile, string Version)
    {
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
