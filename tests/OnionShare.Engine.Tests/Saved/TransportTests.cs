using System.Security.Cryptography;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Saved;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tor.Keys;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>Exports, and what is taken over from other programs.</summary>
public sealed class TransportTests : IDisposable
{
    private const string Passphrase = "correct horse battery staple";

    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare transport ").FullName;
    private readonly Dictionary<string, byte[]> _derived = [];
    private readonly Workshop _work;

    public TransportTests() => _work = new Workshop(Path.Combine(_folder, "state"));

    private SavedTransport Transport => new(_work.Saved, TimeProvider.System, new ExportEnvelope(DeriveOnce));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Passphrase)]
    [InlineData(null)]
    public void An_export_brings_everything_to_another_computer(string? passphrase)
    {
        var record = ServiceStoreTests.Record("papers", new ShareRequest { Paths = ["/a"], Title = "T", RequireClientKey = true, MaxDownloads = 4 });
        _work.Saved.Add(record, overwrite: false);
        var file = At("papers.osps");
        Transport.Export("papers", new ExportRequest { Path = file, Passphrase = passphrase, NoEncryption = passphrase is null });
        Assert.Equal(passphrase is null, File.ReadAllText(file).Contains("a-b-c", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Single(Directory.EnumerateFiles(_folder));

        var other = new Workshop(At("other"));
        var imported = new SavedTransport(other.Saved, TimeProvider.System, new ExportEnvelope(DeriveOnce))
            .Import(new ImportRequest { Path = file, Passphrase = passphrase });

        Assert.Equal((record.Address, "papers", false), (imported.Address, imported.Name, imported.ComesBack));
        var there = other.Saved.Record("papers");
        Assert.Equal((record.Secrets, record.Request.Title, 4), (there.Secrets, there.Request.Title, ((ShareRequest)there.Request).MaxDownloads));
        Assert.Equal(record.Clients, there.Clients);
    }

    // Row W22: a temporary file with the keys would stay if the engine were killed before it got its name.
    [Fact(Timeout = 120_000)]
    public async Task Keys_that_are_not_encrypted_are_in_no_file_but_the_one_that_was_asked_for()
    {
        _work.Saved.Add(ServiceStoreTests.Record("papers", new ShareRequest { Paths = ["/a"] }), overwrite: false);
        var folder = Directory.CreateDirectory(At("stick")).FullName;
        var made = System.Threading.Channels.Channel.CreateUnbounded<string>();
        using var watcher = new FileSystemWatcher(folder);
        watcher.Created += (_, change) => made.Writer.TryWrite(change.Name!);
        watcher.Renamed += (_, change) => made.Writer.TryWrite(change.OldName! + " renamed");
        watcher.EnableRaisingEvents = true;

        Transport.Export("papers", new ExportRequest { Path = Path.Combine(folder, "papers.osps"), NoEncryption = true });

        Assert.Equal("papers.osps", await made.Reader.ReadAsync(Cancel));
        Assert.Equal(["papers.osps"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void The_real_key_derivation_opens_what_it_sealed_and_takes_another_spelling_of_the_same_characters()
    {
        var envelope = new ExportEnvelope();
        var sealedFile = envelope.Seal("content"u8, "pässword");
        Assert.Equal("content", Encoding.UTF8.GetString(envelope.Open(sealedFile, "pa\u0308ssword")));
        Assert.Throws<InvalidDataException>(() => envelope.Open(sealedFile, "password"));
    }

    [Fact]
    public void Two_exports_of_one_content_have_nothing_in_common_but_their_beginning()
    {
        var envelope = new ExportEnvelope(DeriveOnce);
        var (one, two) = (envelope.Seal(new byte[64], Passphrase), envelope.Seal(new byte[64], Passphrase));
        Assert.Equal(one[..13], two[..13]);
        Assert.NotEqual(one[13..29], two[13..29]);
        Assert.NotEqual(one[41..], two[41..]);
    }

    [Fact]
    public void Any_flipped_bit_any_cut_and_any_wrong_passphrase_is_refused()
    {
        var envelope = new ExportEnvelope(DeriveOnce);
        var file = envelope.Seal(SavedDocument.Write(ServiceStoreTests.Record("s"), protect: false), Passphrase);
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            var changed = (byte[])[.. file];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InvalidDataException>(() => envelope.Open(changed, Passphrase));
        }

        for (var length = 0; length < file.Length; length += 7)
            Assert.Throws<InvalidDataException>(() => envelope.Open(file.AsSpan(0, length), Passphrase));
        Assert.Throws<InvalidDataException>(() => envelope.Open([.. file, 0], Passphrase));
        Assert.Throws<InvalidDataException>(() => envelope.Open(file, Passphrase + " "));
        Assert.NotEmpty(envelope.Open(file, Passphrase));
    }

    [Fact]
    public void A_wrong_passphrase_is_told_and_nothing_is_saved()
    {
        _work.Saved.Add(ServiceStoreTests.Record("s"), overwrite: false);
        var file = At("s.osps");
        Transport.Export("s", new ExportRequest { Path = file, Passphrase = Passphrase });
        _work.Saved.Remove("s");
        Refused($"'{file}' can't be imported: the passphrase is wrong, or the file was changed.", new ImportRequest { Path = file, Passphrase = "wrong one" });
        Refused($"'{file}' is encrypted.", new ImportRequest { Path = file });
    }

    [Fact]
    public void An_export_overwrites_nothing_unasked_and_needs_a_passphrase_or_the_word_that_it_does_not()
    {
        _work.Saved.Add(ServiceStoreTests.Record("s"), overwrite: false);
        var file = At("there");
        File.WriteAllText(file, "mine");
        foreach (var request in new[]
                 {
                     new ExportRequest { Path = file, NoEncryption = true },
                     new ExportRequest { Path = At("new") },
                     new ExportRequest { Path = At("new"), Passphrase = "short" },
                     new ExportRequest { Path = At("new"), Passphrase = Passphrase, NoEncryption = true },
                     new ExportRequest { Path = "relative", Passphrase = Passphrase },
                     new ExportRequest { Path = Path.Combine(At("no such folder"), "x"), Passphrase = Passphrase },
                 })
        {
            Assert.Throws<ProblemException>(() => Transport.Export("s", request));
        }

        Assert.Equal("mine", File.ReadAllText(file));
        Assert.Equal(["there"], Directory.EnumerateFiles(_folder).Select(Path.GetFileName));
        Transport.Export("s", new ExportRequest { Path = file, NoEncryption = true, Overwrite = true });
        Assert.NotEqual("mine", File.ReadAllText(file));
    }

    [Fact]
    public void An_import_replaces_a_saved_service_only_when_asked_to()
    {
        _work.Saved.Add(ServiceStoreTests.Record("s"), overwrite: false);
        var folder = KeyFolder(out var key);
        var request = new ImportRequest { Path = folder, Name = "S", Service = new ChatRequest() };
        Assert.Equal(ProblemCodes.SavedNameInUse, Assert.Throws<ProblemException>(() => Transport.Import(request)).Problem.Code);
        Assert.Equal(key.Address, Transport.Import(request with { Overwrite = true }).Address);
    }

    [Fact]
    public void A_folder_of_tors_keeps_its_address_and_its_authorized_clients()
    {
        var folder = KeyFolder(out var key);
        var client = ClientKey.Generate();
        Directory.CreateDirectory(Path.Combine(folder, "authorized_clients"));
        File.WriteAllText(Path.Combine(folder, "authorized_clients", "alice.auth"), $"descriptor:x25519:{client.PublicKey}\n");

        var saved = Transport.Import(new ImportRequest { Path = folder, Name = "site", Service = new WebsiteRequest { Paths = ["/site"], Public = true } });

        Assert.Equal((key.Address, true, true), (saved.Address, saved.RequireClientKey, saved.Public));
        Assert.Equal(["alice"], saved.Clients);
        Assert.Equal(client.PublicKey, _work.Saved.Record("site").Clients[0].PublicKey);
    }

    [Fact]
    public void Output_of_mkp224o_is_taken_as_a_folder_as_its_parent_and_as_YAML()
    {
        var parent = Directory.CreateDirectory(At("out")).FullName;
        var folder = KeyFolder(out var key);
        Directory.Move(folder, Path.Combine(parent, key.Address));
        var chat = new ChatRequest();
        Assert.Equal(key.Address, Transport.Import(new ImportRequest { Path = Path.Combine(parent, key.Address), Service = chat, Name = "1" }).Address);
        Assert.Equal(key.Address, Transport.Import(new ImportRequest { Path = parent, Service = chat, Name = "2" }).Address);
        Assert.Equal(key.Address, Transport.Import(new ImportRequest { Path = Path.Combine(parent, key.Address, "hs_ed25519_secret_key"), Service = chat, Name = "3" }).Address);
        var yaml = At("keys.yaml");
        File.WriteAllText(yaml, $"---\nhostname: {key.Address}\nhs_ed25519_public_key: AAAA\nhs_ed25519_secret_key: {Convert.ToBase64String(SecretFile(key))}\ntime: 2026-01-01 00:00:00\n...\n");
        Assert.Equal(key.Address, Transport.Import(new ImportRequest { Path = yaml, Service = chat, Name = "4" }).Address);
        Assert.All(_work.Saved.All, saved => Assert.Null(saved.Error));
    }

    [Fact]
    public void A_key_that_does_not_fit_what_lies_beside_it_is_refused()
    {
        var folder = KeyFolder(out _);
        using var other = OnionKey.Generate();
        var chat = new ImportRequest { Path = folder, Service = new ChatRequest() };
        File.WriteAllBytes(Path.Combine(folder, "hs_ed25519_public_key"), [.. "== ed25519v1-public: type0 ==\0\0\0"u8, .. other.PublicKey]);
        Refused($"'{folder}' can't be imported: the secret key is not that of the public key beside it.", chat);
        File.Delete(Path.Combine(folder, "hs_ed25519_public_key"));
        File.WriteAllText(Path.Combine(folder, "hostname"), other.Address);
        Refused("is not that of the hostname beside it", chat, anyMessage: true);
        File.Delete(Path.Combine(folder, "hostname"));
        File.WriteAllBytes(Path.Combine(folder, "hs_ed25519_secret_key"), SecretFile(other)[..95]);
        Refused($"'{folder}' can't be imported: the key is damaged.", chat);
        Refused("There is only a key in it.", new ImportRequest { Path = KeyFolder(out _) });
    }

    [Fact]
    public void A_persistent_share_of_OnionShares_keeps_address_client_key_and_settings()
    {
        using var key = OnionKey.Generate();
        var client = ClientKey.Generate();
        var file = Tab(key, client, "share", "\"share\":{\"autostop_sharing\":false,\"filenames\":[\"/a\",\"/b\"]}");

        var saved = Transport.Import(new ImportRequest { Path = file });

        Assert.Equal((key.Address, "tab", "Old papers", true, true), (saved.Address, saved.Name, saved.Title, saved.RequireClientKey, saved.Public));
        Assert.Equal(["/a", "/b"], saved.Paths);
        var record = _work.Saved.Record("tab");
        Assert.True(((ShareRequest)record.Request).KeepSharing);
        Assert.Equal(TimeSpan.FromMinutes(10), record.Request.StopAfter);
        Assert.Equal(client.PublicKey, record.Clients[0].PublicKey);
        Assert.Null(record.Secrets.Password);
    }

    [Theory]
    [InlineData("receive", "\"receive\":{\"data_dir\":\"/inbox\",\"webhook_url\":\"http://h/\",\"disable_text\":true,\"disable_files\":false}")]
    [InlineData("website", "\"website\":{\"disable_csp\":false,\"custom_csp\":\"default-src *\",\"filenames\":[\"/site\"]}")]
    [InlineData("chat", "\"chat\":{}")]
    public void Every_other_mode_of_OnionShares_is_taken_over(string mode, string group)
    {
        using var key = OnionKey.Generate();
        var saved = Transport.Import(new ImportRequest { Path = Tab(key, ClientKey.Generate(), mode, group) });
        Assert.Equal((key.Address, mode), (saved.Address, saved.Mode.ToString()!.ToLowerInvariant()));
        switch (_work.Saved.Record(saved.Name).Request)
        {
            case ReceiveRequest receive:
                Assert.Equal(("/inbox", "http://h/", true, false), (receive.Path, receive.WebhookUrl, receive.NoText, receive.NoFiles));
                break;
            case WebsiteRequest website:
                Assert.Equal(("default-src *", false), (website.ContentSecurityPolicy, website.NoContentSecurityPolicy));
                break;
        }
    }

    [Fact]
    public void An_import_does_not_open_to_all_what_asked_for_a_client_key()
    {
        _work.Saved.Add(ServiceStoreTests.Record("papers", new ShareRequest { Paths = ["/a"], RequireClientKey = true }), overwrite: false);
        var file = At("papers.json");
        Transport.Export("papers", new ExportRequest { Path = file, NoEncryption = true });

        Transport.Import(new ImportRequest { Path = file, Name = "other", Service = new ShareRequest { Paths = [_folder] } });

        Assert.True(_work.Saved.Record("other").Request.RequireClientKey);
    }

    [Fact]
    public void A_tab_without_its_client_key_is_not_opened_to_everybody()
    {
        using var key = OnionKey.Generate();
        var file = Tab(key, ClientKey.Generate(), "chat", "\"chat\":{}");
        File.WriteAllText(file, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(file), "\"client_auth_(priv|pub)_key\":\"[^\"]*\"", "\"client_auth_$1_key\":null"));
        Refused($"'{file}' can't be imported: it is not public, but its client key is missing.", new ImportRequest { Path = file });
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("not json")]
    [InlineData("{\"persistent\":{\"mode\":\"share\"},\"onion\":{\"private_key\":null}}")]
    [InlineData("{\"persistent\":{\"mode\":\"share\"},\"onion\":{\"private_key\":\"AAAA\"}}")]
    [InlineData("{\"persistent\":5,\"onion\":{}}")]
    [InlineData("{\"format\":\"onionshare-saved-service\",\"version\":1}")]
    [InlineData("OSPSEXPT")]
    [InlineData("== ed25519v1-secret: type0 ==\0\0\0")]
    [InlineData("hs_ed25519_secret_key: !!!")]
    public void What_is_no_saved_service_is_refused(string text)
    {
        var file = At("x.json");
        File.WriteAllText(file, text);
        Refused("can't be imported", new ImportRequest { Path = file, Passphrase = Passphrase, Service = new ChatRequest() }, anyMessage: true);
    }

    private void Refused(string message, ImportRequest request, bool anyMessage = false)
    {
        var before = _work.Saved.All.Count;
        var refused = Assert.Throws<ProblemException>(() => Transport.Import(request)).Problem;
        if (!anyMessage) Assert.Equal(message, refused.Detail);
        Assert.NotNull(refused.Advice);
        Assert.Equal(before, _work.Saved.All.Count);
    }

    private string KeyFolder(out OnionKey key)
    {
        key = OnionKey.Generate();
        var folder = Directory.CreateDirectory(At("hs " + key.Address)).FullName;
        File.WriteAllBytes(Path.Combine(folder, "hs_ed25519_secret_key"), SecretFile(key));
        File.WriteAllText(Path.Combine(folder, "hostname"), key.Address + "\n");
        return folder;
    }

    private static byte[] SecretFile(OnionKey key) => [.. "== ed25519v1-secret: type0 ==\0\0\0"u8, .. key.ToBytes()];

    private string Tab(OnionKey key, ClientKey client, string mode, string group)
    {
        var file = At("tab.json");
        File.WriteAllText(file, $$"""
            {"onion":{"private_key":"{{key.ToControl()[11..]}}","client_auth_priv_key":"{{client.PrivateKey}}","client_auth_pub_key":"{{client.PublicKey}}"},
             "persistent":{"mode":"{{mode}}","enabled":true},
             "general":{"title":"Old papers","public":false,"autostart_timer":0,"autostop_timer":600,"service_id":"{{key.Address[..56]}}"},
             {{group}}}
            """);
        return file;
    }

    private string At(string name) => Path.Combine(_folder, name);

    private byte[] DeriveOnce(string passphrase, ReadOnlySpan<byte> salt, int iterations)
    {
        var wanted = $"{passphrase} {Convert.ToHexString(salt)} {iterations}";
        if (!_derived.TryGetValue(wanted, out var key))
            _derived.Add(wanted, key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes(wanted)));
        return [.. key];
    }
}
