using System.Net;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Receive.Inboxed;
using static OnionShare.Engine.Tests.Modes.Receive.Tus;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>What is encrypted as it arrives, decrypted by GnuPG.</summary>
public sealed class EncryptedInboxTests : IAsyncLifetime
{
    private const string Secret = "Überweisung an «Müller».pdf";

    private readonly GnuPg _gpg = new();
    private string _key = "";

    public async ValueTask InitializeAsync() => _key = await _gpg.KeyWithSubkeyAsync("alice");

    public ValueTask DisposeAsync() => _gpg.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task A_form_s_files_and_message_are_decrypted_with_their_names_and_the_sender_sees_those()
    {
        await using var inbox = await StartAsync(request => request with { EncryptTo = [_key] });
        var large = new byte[3_000_000];
        new Random(7).NextBytes(large);
        using var form = new MultipartFormDataContent { Part("file[]", Secret, large), Part("file[]", "empty.txt", []), Part("text", null, "meet me"u8.ToArray()) };
        form.HeaderEncodingSelector = (_, _) => Encoding.UTF8;
        using var answer = await inbox.PostAsync(form);
        Assert.Contains("berweisung an", System.Text.RegularExpressions.Regex.Unescape(await answer.Content.ReadAsStringAsync(Cancel)), StringComparison.Ordinal);

        Assert.All(inbox.Everything.Where(File.Exists), file => Assert.Matches(@"^\d{4}-\d\d-\d\d-\d{6}\.\d{6}\.gpg$", Path.GetFileName(file)));
        var plain = new Dictionary<string, byte[]>();
        foreach (var file in inbox.AllFiles)
        {
            var (name, content) = await _gpg.DecryptAsync(file);
            plain.Add(NameOf(name), content);
        }

        Assert.Equal(["empty.txt", "message.txt", Secret], plain.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(large, plain[Secret]);
        Assert.Empty(plain["empty.txt"]);
        Assert.Equal("meet me", Encoding.UTF8.GetString(plain["message.txt"]));
        Assert.DoesNotContain("berweisung", (await inbox.OnlyEndedAsync()).Name, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Every_recipient_can_decrypt_it_alone_whatever_the_kind_of_key()
    {
        await using var bob = new GnuPg();
        await using var carol = new GnuPg();
        var keys = new[] { _key, await bob.KeyAsync("bob", "rsa3072", "encr", armor: false), await carol.KeyAsync("carol", "future-default") };
        await using var inbox = await StartAsync(request => request with { EncryptTo = keys });
        using var answer = await inbox.PostAsync(Form(("file[]", "a.txt", "for three")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        foreach (var reader in new[] { _gpg, bob, carol })
            Assert.Equal("for three", Encoding.UTF8.GetString((await reader.DecryptAsync(Assert.Single(inbox.AllFiles))).Content));
        Assert.Equal(3, inbox.Service.Context.Warnings.Count(warning => warning.Contains("fingerprint", StringComparison.Ordinal)));
        Assert.Contains(inbox.Service.Context.Warnings, warning => warning.Contains("alice <alice@example.org>", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_upload_in_pieces_goes_on_while_the_service_lives_and_is_decrypted_whole()
    {
        await using var inbox = await StartAsync(request => request with { EncryptTo = [_key] });
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(n => $"line {n}\n"));
        var place = await CreateAsync(inbox, Secret, text.Length);
        for (var offset = 0; offset < text.Length; offset += 70_000)
        {
            var piece = text.Substring(offset, Math.Min(70_000, text.Length - offset));
            using var sent = await PatchAsync(inbox, place, offset, piece, ("Upload-Checksum", Checksum("sha256", piece)));
            Assert.Equal(HttpStatusCode.NoContent, sent.StatusCode);
            Assert.Equal($"{offset + piece.Length}", Header(sent, "Upload-Offset"));
        }

        var (name, content) = await _gpg.DecryptAsync(Assert.Single(inbox.AllFiles));
        Assert.Equal((Secret, text), (name, Encoding.UTF8.GetString(content)));
        Assert.Empty(Directory.Exists(Path.Combine(inbox.Inbox, ".uploads")) ? Directory.GetFiles(Path.Combine(inbox.Inbox, ".uploads")) : []);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_piece_that_came_damaged_starts_the_upload_anew_and_it_is_right_in_the_end()
    {
        await using var inbox = await StartAsync(request => request with { EncryptTo = [_key], MaxTotalSize = 8192 });
        var place = await CreateAsync(inbox, "a.txt", 6000);
        var (first, second) = (new string('a', 3000), new string('b', 3000));
        using (await PatchAsync(inbox, place, 0, first))
        using (var wrong = await PatchAsync(inbox, place, 3000, second, ("Upload-Checksum", Checksum("sha1", first))))
            Assert.Equal(460, (int)wrong.StatusCode);
        using (var head = await HeadAsync(inbox, place)) Assert.Equal("0", Header(head, "Upload-Offset"));
        using (await PatchAsync(inbox, place, 0, first))
        using (var right = await PatchAsync(inbox, place, 3000, second)) Assert.Equal(HttpStatusCode.NoContent, right.StatusCode);
        Assert.Equal(first + second, Encoding.UTF8.GetString((await _gpg.DecryptAsync(Assert.Single(inbox.AllFiles))).Content));
    }

    [Fact(Timeout = 120_000)]
    public async Task After_a_restart_an_upload_is_told_to_begin_anew_and_why_and_nothing_plain_is_gone_on_with()
    {
        var root = Directory.CreateTempSubdirectory("onionshare-sealed-").FullName;
        try
        {
            string encrypted, open;
            await using (var inbox = await StartAsync(request => request with { EncryptTo = [_key] }, root))
            {
                encrypted = await CreateAsync(inbox, Secret, 100);
                using var sent = await PatchAsync(inbox, encrypted, 0, new string('x', 50));
                Assert.DoesNotContain(Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories), path => path.Contains("berweisung", StringComparison.Ordinal));
            }

            await using (var inbox = await StartAsync(root: root))
            {
                open = await CreateAsync(inbox, "open.txt", 100);
                using var sent = await PatchAsync(inbox, open, 0, new string('x', 50));
            }

            await using (var inbox = await StartAsync(request => request with { EncryptTo = [_key] }, root))
            {
                foreach (var place in new[] { encrypted, open })
                {
                    using var gone = await PatchAsync(inbox, place, 50, new string('x', 50));
                    Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
                    Assert.Contains("encrypted", await gone.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
                }
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_message_in_pieces_that_is_too_long_is_refused_and_nothing_of_it_stays()
    {
        await using var inbox = await StartAsync(request => request with { EncryptTo = [_key] });
        var place = await CreateAsync(inbox, "", 600_000, kind: "text");
        using var refused = await PatchAsync(inbox, place, 0, new string('m', 600_000));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Empty(inbox.AllFiles);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_key_that_can_t_be_used_stops_the_start_and_is_named()
    {
        var signs = await _gpg.KeyAsync("signer", "ed25519", "sign");
        var secret = _gpg.At("secret.asc");
        await _gpg.RunAsync("--armor", "--output", secret, "--export-secret-keys", "alice");
        var garbage = _gpg.At("garbage.asc");
        await File.WriteAllTextAsync(garbage, "no key", Cancel);
        await _gpg.KeyWithSubkeyAsync("dave"); // it is the key that is revoked: its subkey, which encrypts, is not
        var fingerprint = await _gpg.FingerprintAsync("dave");
        await RevokeAsync(fingerprint);
        var revoked = await _gpg.ExportAsync("dave");

        foreach (var (file, why) in new[]
                 {
                     (signs, "can only sign"), (secret, "secret key"), (garbage, "no OpenPGP public key"), (revoked, fingerprint), (revoked, "revoked"),
                     (_gpg.At("nowhere.asc"), "can't be read"),
                 })
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => StartAsync(request => request with { EncryptTo = [_key, file] }));
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
            Assert.Contains(RemoteText.Show(file), refused.Message, StringComparison.Ordinal);
            Assert.NotNull(refused.Problem.Advice);
        }

        Assert.Contains("no key", (await Assert.ThrowsAsync<ProblemException>(() => StartAsync(request => request with { EncryptTo = [] }))).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_history_which_would_keep_the_names_is_refused()
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => StartAsync(request => request with { EncryptTo = [_key], KeepHistory = true }));
        Assert.Contains("history", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(refused.Problem.Advice);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_key_that_has_expired_or_whose_encrypting_subkey_has_stops_the_start()
    {
        var expires = await _gpg.KeyAsync("erin", "rsa2048", "encr", "30d");
        var subkeyExpires = await _gpg.KeyWithSubkeyAsync("frank", "30d");
        foreach (var file in new[] { expires, subkeyExpires })
        {
            await using (var inbox = await StartAsync(request => request with { EncryptTo = [file] }))
                Assert.Contains(inbox.Service.Context.Warnings, warning => warning.Contains("expires on", StringComparison.Ordinal));
            var later = new ClockAhead(TimeSpan.FromDays(31));
            var refused = await Assert.ThrowsAsync<ProblemException>(() => StartAsync(request => request with { EncryptTo = [file] }, time: later));
            Assert.Contains("expired on", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task When_a_key_expires_while_it_runs_nothing_more_is_taken_senders_read_why_and_the_owner_is_told_once()
    {
        var key = await _gpg.KeyAsync("grace", "rsa2048", "encr", "30d");
        var time = new ClockAhead(TimeSpan.Zero);
        await using var inbox = await StartAsync(request => request with { EncryptTo = [key] }, time: time);
        var open = await CreateAsync(inbox, "open.txt", 6);
        using (await PatchAsync(inbox, open, 0, "one")) { }
        time.By = TimeSpan.FromDays(31);
        using var page = await inbox.Client.GetAsync(new Uri("/", UriKind.Relative), Cancel);
        Assert.Contains("has expired", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var form = await inbox.PostAsync(Form(("file[]", "a.txt", "words")), "/upload");
        using var pieces = await TryCreateAsync(inbox, "b.txt", 5);
        using var submission = await TusAsync(inbox, HttpMethod.Post, "/submissions");
        foreach (var refused in new[] { form, pieces, submission })
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("a key for that has expired", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        // What was begun to be encrypted while the key was good comes to its end.
        using (var last = await PatchAsync(inbox, open, 3, "two")) Assert.Equal(HttpStatusCode.NoContent, last.StatusCode);
        Assert.Equal("onetwo", Encoding.UTF8.GetString((await _gpg.DecryptAsync(Assert.Single(inbox.AllFiles))).Content));
        Assert.Contains("grace", Assert.Single(inbox.Service.Context.Warnings, warning => warning.Contains("nothing is taken from now on", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_killed_engine_left_of_encrypted_uploads_is_told_or_removed(bool discards)
    {
        await using var inbox = await StartAsync(request => request with { EncryptTo = [_key], DiscardPartial = discards });
        var place = await CreateAsync(inbox, Secret, 100);
        using (await PatchAsync(inbox, place, 0, new string('x', 50))) { }
        var partial = Assert.Single(inbox.AllFiles);
        var trace = Assert.Single(Directory.GetFiles(Path.Combine(inbox.Inbox, ".uploads")));
        // As a kill leaves it: the same two files, and nobody who holds them.
        var root = Directory.CreateTempSubdirectory("onionshare-sealed-").FullName;
        try
        {
            var left = Path.Combine(root, "inbox", Path.GetRelativePath(inbox.Inbox, partial));
            Directory.CreateDirectory(Path.GetDirectoryName(left)!);
            File.Copy(partial, left);
            var hidden = Directory.CreateDirectory(Path.Combine(root, "inbox", ".uploads")).FullName;
            await File.WriteAllTextAsync(Path.Combine(hidden, Path.GetFileName(trace)), left + "\n", Cancel);
            await using var next = await StartAsync(request => request with { EncryptTo = [_key], DiscardPartial = discards }, root);
            var told = next.Service.Context.Warnings.Where(warning => warning.Contains("Nobody can go on", StringComparison.Ordinal)).ToArray();
            Assert.Equal((!discards, discards ? 0 : 1), (File.Exists(left), told.Length));
            if (!discards) Assert.Contains(RemoteText.Show(left), told[0], StringComparison.Ordinal);
            Assert.Empty(Directory.Exists(hidden) ? Directory.GetFiles(hidden) : []);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // As its owner does with the certificate that GnuPG made beside the key; the colon before its first line keeps it from being used by mistake.
    private async Task RevokeAsync(string fingerprint)
    {
        var certificate = _gpg.At($"openpgp-revocs.d/{fingerprint}.rev");
        await File.WriteAllTextAsync(certificate, (await File.ReadAllTextAsync(certificate, Cancel)).Replace(":-----BEGIN", "-----BEGIN", StringComparison.Ordinal), Cancel);
        await _gpg.RunAsync("--import", certificate);
    }
}
