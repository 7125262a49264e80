using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>A server is a stranger: whatever it answers, nothing leaves the folder, and what is wrong is told and not kept.</summary>
public sealed class HostileServerTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_wrong_hash_is_told_and_nothing_is_left()
    {
        var bytes = Scratch.Bytes(100_000);
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.bin", bytes.Length, HostileServer.Honest(bytes), new string('0', 64));
        await RefusedAsync(client, client.Request(server.Url), ProblemCodes.RemoteDamaged, "SHA-256");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)] // other bytes than were asked for
    [InlineData(-1)]
    public async Task Other_bytes_than_were_asked_for_are_refused(int shift)
    {
        var bytes = Scratch.Bytes(5_000_000);
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.bin", bytes.Length, async http =>
        {
            var (start, end) = HostileServer.Range(http, bytes.Length);
            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {Math.Abs(start + shift)}-{Math.Abs(start + shift) + 9}/{bytes.Length}";
            await http.Response.Body.WriteAsync(bytes.AsMemory(0, 10));
        });
        await RefusedAsync(client, client.Request(server.Url), ProblemCodes.RemoteNotUnderstood, "other bytes");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_length_that_was_a_lie_is_told_when_patience_ends()
    {
        var bytes = Scratch.Bytes(1000);
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.bin", 1_000_000, async http =>
        {
            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes 0-999999/1000000";
            await http.Response.Body.WriteAsync(bytes);
        });
        var problem = await client.FailAsync(client.Request(server.Url) with { Patience = TimeSpan.FromSeconds(1) });
        Assert.Equal(ProblemCodes.RemoteNotUnderstood, problem.Code);
        Assert.Empty(client.Left);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_endless_body_is_cut()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/files.json")
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("""{"schema":1,"mode":"share","download":{"url":"/download","name":"a.bin","type":"application/octet-stream"},"files":[]}""");
                return;
            }

            var block = new byte[64 * 1024];
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(block, http.RequestAborted);
        });
        await RefusedAsync(client, client.Request(server.Url) with { MaxSize = 2_000_000 }, ProblemCodes.RemoteUnsafe, "does not come to an end");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_endless_index_is_cut()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(async http =>
        {
            http.Response.ContentType = "application/json";
            var block = new byte[64 * 1024];
            Array.Fill(block, (byte)' ');
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(block, http.RequestAborted);
        });
        await RefusedAsync(client, client.Request(server.Url), ProblemCodes.RemoteUnsafe, "where a page was asked for");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("http://127.0.0.1:9/x")]
    [InlineData("https://example.org/")]
    [InlineData("http://example.org/")]
    [InlineData("//example.org/")]
    [InlineData("/\\example.org/")]
    public async Task A_redirect_elsewhere_is_not_followed(string location)
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(http =>
        {
            http.Response.StatusCode = 302;
            http.Response.Headers.Location = location;
            return Task.CompletedTask;
        });
        await RefusedAsync(client, client.Request(server.Url), ProblemCodes.RemoteUnsafe, "not ");
        Assert.Equal(1, server.Requests);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_body_that_is_compressed_though_nobody_asked_is_refused()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.bin", 10_000_000, http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            return http.Response.Body.WriteAsync(new byte[100]).AsTask();
        });
        await RefusedAsync(client, client.Request(server.Url), ProblemCodes.RemoteUnsafe, "compresses");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("../evil.txt")]
    [InlineData("..\\evil.txt")]
    [InlineData("/etc/evil.txt")]
    [InlineData("C:\\evil.txt")]
    [InlineData("a/../../evil.txt")]
    public async Task A_listing_that_names_a_path_out_of_the_folder_is_refused(string path)
    {
        await using var client = new RemoteClient();
        var bytes = Scratch.Bytes(1000);
        var files = $$"""[{"path":{{System.Text.Json.JsonSerializer.Serialize(path)}},"length":5,"url":"/download"},{"path":"b.txt","length":5,"url":"/download"}]""";
        await using var server = await HostileServer.ShareAsync("a.bin", 5, HostileServer.Honest("12345"u8.ToArray()), files: files);
        await RefusedAsync(client, client.Request(server.Url) with { Include = ["*"] }, ProblemCodes.RemoteUnsafe, "outside the folder");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("../evil.bin", "evil.bin")]
    [InlineData("..\\evil.bin", "evil.bin")]
    [InlineData("CON.bin", "_CON.bin")]
    [InlineData("a\u202Egnp.bin", "agnp.bin")]
    [InlineData("a:b\u001b[31m.bin", "a_b[31m.bin")]
    public async Task The_name_of_a_download_is_made_safe(string name, string safe)
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync(name, 5, HostileServer.Honest("12345"u8.ToArray()));
        await client.FetchAsync(client.Request(server.Url));
        Assert.Equal([safe], client.Left);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("../evil.txt", 0, "outside the folder")]
    [InlineData("a\\..\\..\\evil.txt", 0, "outside the folder")]
    [InlineData("link", 0xA1FF, "a link or a device")]
    [InlineData("fifo", 0x11FF, "a link or a device")]
    public async Task An_archive_that_leads_out_of_the_folder_is_refused_whole(string name, int mode, string words)
    {
        var archive = Zip((("good.txt", 0), "good"u8.ToArray()), ((name, mode), "/etc/passwd"u8.ToArray()));
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        await RefusedAsync(client, client.Request(server.Url) with { Expand = true }, ProblemCodes.RemoteUnsafe, words);
        Assert.False(File.Exists(Path.Combine(client.Folder, "..", "evil.txt")));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_bomb_is_refused()
    {
        var archive = Zip((("zeros", 0), new byte[100_000_000]));
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        await RefusedAsync(client, client.Request(server.Url) with { Expand = true }, ProblemCodes.RemoteUnsafe, "hundreds of times");
        await RefusedAsync(client, client.Request(server.Url) with { Expand = true, MaxSize = 1_000_000 }, ProblemCodes.RemoteUnsafe, "all there is room for");
    }

    [Fact(Timeout = 120_000)]
    public async Task An_archive_of_more_than_a_million_entries_is_refused()
    {
        var entry = new byte[31]; // an empty file named a, stored
        "PK\x3\x4"u8.CopyTo(entry);
        (entry[26], entry[30]) = (1, (byte)'a');
        var archive = new byte[1_000_001 * entry.Length];
        for (var at = 0; at < archive.Length; at += entry.Length) entry.CopyTo(archive, at);
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        await RefusedAsync(client, client.Request(server.Url), ProblemCodes.RemoteUnsafe, "more than 1,000,000 entries");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(40)] // a byte of the first file's data
    [InlineData(14)] // a byte of its checksum
    public async Task A_damaged_archive_is_told(int at)
    {
        var archive = Zip((("good.txt", 0), Scratch.Bytes(5000)));
        archive[at] ^= 0x55;
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        await RefusedAsync(client, client.Request(server.Url) with { Expand = true }, ProblemCodes.RemoteDamaged, "damaged");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_unpacked_is_compared_with_the_hash_that_is_told_of_it(bool isRight)
    {
        var archive = Zip((("a.txt", 0), "a.txt"u8.ToArray()), (("b.txt", 0), "b.txt"u8.ToArray()));
        var hash = Convert.ToHexStringLower(SHA256.HashData("a.txt"u8));
        await using var client = new RemoteClient();
        var files = $$"""[{"path":"a.txt","length":5,"offset":35,"sha256":"{{(isRight ? hash : new string('0', 64))}}"},{"path":"b.txt","length":5,"offset":75}]""";
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive), files: files);
        var request = client.Request(server.Url) with { Expand = true };

        if (isRight)
        {
            Assert.Equal(
                [(hash, FileProof.Sha256), (Convert.ToHexStringLower(SHA256.HashData("b.txt"u8)), FileProof.Crc32)],
                (await client.FetchAsync(request)).Select(file => (file.Sha256!, file.Proof)));
        }
        else
        {
            Assert.Contains("SHA-256 of a.txt", (await client.FailAsync(request)).Detail, StringComparison.Ordinal);
            Assert.Empty(client.Left);
        }
    }

    private static async Task RefusedAsync(RemoteClient client, FetchRequest request, string code, string words)
    {
        var problem = await client.FailAsync(request);
        Assert.Equal((code, true), (problem.Code, problem.Detail.Contains(words, StringComparison.Ordinal)));
        Assert.Empty(client.Left);
    }

    private static byte[] Zip(params ((string Name, int Mode) Entry, byte[] Bytes)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var ((name, mode), bytes) in entries)
            {
                var entry = zip.CreateEntry(name);
                if (mode != 0) entry.ExternalAttributes = mode << 16;
                using var stream = entry.Open();
                stream.Write(bytes);
            }
        }

        return memory.ToArray();
    }
}
