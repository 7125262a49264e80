using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Receive.Inboxed;
using static OnionShare.Engine.Tests.Modes.Receive.Tus;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>The SHA-256 of what arrived, as the sender is told it and as it is kept.</summary>
public sealed class ReceiptTests
{
    [Fact(Timeout = 60_000)]
    public async Task The_page_after_the_form_shows_it_and_a_file_beside_keeps_it_that_no_visitor_s_file_can_be()
    {
        await using var inbox = await StartAsync(request => request with { Receipt = true });
        using var form = Form(("file[]", "SHA256SUMS", "mine"), ("file[]", "ü.txt", "words"), ("text", null, "hello"));
        form.HeaderEncodingSelector = (_, _) => Encoding.UTF8;
        using var answer = await inbox.PostAsync(form, "/upload");
        var page = await answer.Content.ReadAsStringAsync(Cancel);
        foreach (var content in new[] { "mine", "words", "hello" }) Assert.Contains($"<code>{Sha256(content)}</code>", page, StringComparison.Ordinal);
        Assert.Contains("This is your receipt", page, StringComparison.Ordinal);

        Assert.Equal(["SHA256SUMS", "SHA256SUMS (2)", "message.txt", "ü.txt"], inbox.Files);
        var sums = inbox.AllFiles.Single(file => Path.GetFileName(file) == "SHA256SUMS");
        var message = Path.GetFileName(inbox.AllFiles.Single(file => NameOf(file) == "message.txt"));
        Assert.Equal($"{Sha256("mine")}  SHA256SUMS (2)\n{Sha256("words")}  ü.txt\n{Sha256("hello")}  {message}\n", await File.ReadAllTextAsync(sums, Cancel));
        var transfer = await inbox.OnlyEndedAsync();
        Assert.Equal((sums, null), (transfer.Paths[^1], transfer.Sha256));
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_it_nobody_is_told_and_nothing_is_kept()
    {
        await using var inbox = await StartAsync();
        using var answer = await inbox.PostAsync(Form(("file[]", "a.txt", "words")));
        Assert.DoesNotContain("sha256", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(["a.txt"], inbox.Files);
        Assert.Null((await inbox.OnlyEndedAsync()).Sha256);
    }

    [Fact(Timeout = 60_000)]
    public async Task Over_pieces_that_came_damaged_or_twice_and_a_restart_it_is_that_of_the_whole()
    {
        var root = Directory.CreateTempSubdirectory("onionshare-receipt-").FullName;
        try
        {
            var (first, second, third) = (new string('a', 100_000), new string('b', 100_000), new string('c', 100_000));
            string submission, damaged, over;
            await using (var inbox = await StartAsync(request => request with { Receipt = true }, root))
            {
                submission = await BeginAsync(inbox);
                damaged = await CreateAsync(inbox, "damaged.txt", 200_000, submission);
                using (await PatchAsync(inbox, damaged, 0, first))
                using (var wrong = await PatchAsync(inbox, damaged, 100_000, third, ("Upload-Checksum", Checksum("sha256", second))))
                    Assert.Equal(460, (int)wrong.StatusCode);
                using (await PatchAsync(inbox, damaged, 100_000, second)) { }
                over = await CreateAsync(inbox, "over.txt", 300_000, submission);
                using (await PatchAsync(inbox, over, 0, first)) { }
            }

            await using (var inbox = await StartAsync(request => request with { Receipt = true }, root))
            {
                using (await PatchAsync(inbox, over, 100_000, second)) { }
                using (await PatchAsync(inbox, over, 200_000, third)) { }
                using var answer = await TusAsync(inbox, HttpMethod.Post, $"/submissions/{submission}");
                using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
                var told = json.RootElement.GetProperty("receipt").EnumerateArray().ToDictionary(line => line.GetProperty("name").GetString()!, line => line.GetProperty("sha256").GetString());
                Assert.Equal((Sha256(first + second), Sha256(first + second + third)), (told["damaged.txt"], told["over.txt"]));
                Assert.Equal(["SHA256SUMS", "damaged.txt", "over.txt"], inbox.Files);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_client_that_knows_only_tus_is_told_by_a_header_and_the_transfer_has_it()
    {
        await using var inbox = await StartAsync(request => request with { Receipt = true });
        var place = await CreateAsync(inbox, "a.txt", 5);
        using var last = await PatchAsync(inbox, place, 0, "words");
        using var asked = await HeadAsync(inbox, place);
        var digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData("words"u8))}:";
        Assert.Equal((digest, digest), (Header(last, "Repr-Digest"), Header(asked, "Repr-Digest")));
        Assert.Equal(Sha256("words"), (await inbox.OnlyEndedAsync()).Sha256);
    }

    [Fact(Timeout = 120_000)]
    public async Task Where_everything_is_encrypted_it_is_kept_encrypted_with_the_names_and_stands_nowhere_else()
    {
        await using var gpg = new GnuPg();
        var key = await gpg.KeyWithSubkeyAsync("alice");
        await using var inbox = await StartAsync(request => request with { Receipt = true, EncryptTo = [key] });
        var place = await CreateAsync(inbox, "secret.txt", 6);
        using (await PatchAsync(inbox, place, 0, "one")) { }
        using var last = await PatchAsync(inbox, place, 3, "two");
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData("onetwo"u8))}:", Header(last, "Repr-Digest"));

        var plain = new Dictionary<string, string>();
        foreach (var file in inbox.AllFiles)
        {
            Assert.EndsWith(".gpg", file, StringComparison.Ordinal);
            var (name, content) = await gpg.DecryptAsync(file);
            plain.Add(name, Encoding.UTF8.GetString(content));
        }

        Assert.Equal(("onetwo", $"{Sha256("onetwo")}  secret.txt\n"), (plain["secret.txt"], plain["SHA256SUMS"]));
        Assert.Null((await inbox.OnlyEndedAsync()).Sha256);
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
