using System.Diagnostics;
using System.Text;
using OnionShare.Engine.Tests.Modes.Receive;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Every write of an engine that encrypts what it receives, seen by strace: neither content nor name of what was sent goes to a file.</summary>
public sealed class EncryptedTraceTests : IDisposable
{
    private const string Content = "THE-CONTENT-THAT-NOBODY-MAY-READ", FileName = "the-telling-name", Message = "THE-MESSAGE-THAT-NOBODY-MAY-READ";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 180_000)]
    public async Task No_system_call_writes_or_names_in_plain_what_is_encrypted()
    {
        await using var gpg = new GnuPg();
        var calls = await TraceAsync("--encrypt-to", await gpg.KeyWithSubkeyAsync("alice"));
        Assert.Contains(calls, line => line.Contains(".gpg", StringComparison.Ordinal));
        Assert.DoesNotContain(calls, IsLeak);
    }

    [Fact(Timeout = 180_000)]
    public async Task Without_encryption_the_same_trace_shows_them()
    {
        var calls = await TraceAsync();
        foreach (var word in new[] { Content, FileName, Message }) Assert.Contains(calls, line => IsLeak(line) && line.Contains(word, StringComparison.Ordinal));
    }

    // What is read from, and answered to, the visitor goes over sockets.
    private static bool IsLeak(string line) =>
        (line.Contains(Content, StringComparison.Ordinal) || line.Contains(FileName, StringComparison.Ordinal) || line.Contains(Message, StringComparison.Ordinal))
        && !line.Contains("<TCP", StringComparison.Ordinal) && !line.Contains("<socket:", StringComparison.Ordinal);

    private async Task<string[]> TraceAsync(params string[] options)
    {
        var strace = new[] { "/usr/bin/strace", "/bin/strace" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(strace is null, "skipped: no strace; apt install strace");
        var calls = _scratch.At("calls");
        var start = new ProcessStartInfo(
            strace!,
            ["-f", "-qq", "-yy", "-s", "100000000", "-o", calls, "-e", "trace=open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,"
                + "setxattr,fsetxattr,lsetxattr,write,writev,pwrite64,pwritev,pwritev2,copy_file_range,sendfile,splice,connect",
                EngineProcess.Program, "receive", "--path", _scratch.At("inbox"), "--local-only", "--min-free-space", "0", .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _scratch.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var url = await process.StandardOutput.ReadLineAsync(Cancel).AsTask().WaitAsync(EngineProcess.Limit, Cancel);
            if (url is null) Assert.Skip("skipped: strace may not trace here: " + await process.StandardError.ReadToEndAsync(Cancel));
            using var visitor = new Visitor(url!);
            var content = string.Concat(Enumerable.Repeat(Content, 20_000));
            using (var form = Inboxed.Form(("file[]", FileName + ".txt", content), ("text", null, Message)))
            using (var answer = await visitor.Client.PostAsync("/upload", form, Cancel))
                Assert.True(answer.IsSuccessStatusCode);
            await SendInPiecesAsync(visitor.Client, content, whole: true);
            await SendInPiecesAsync(visitor.Client, content, whole: false);
            Process.Start("kill", ["-INT", ChildOf(process.Id)])!.Dispose();
            await process.WaitForExitAsync(Cancel).WaitAsync(EngineProcess.Limit, Cancel);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        return (await File.ReadAllTextAsync(calls, Encoding.Latin1, Cancel)).Split('\n');
    }

    private static string ChildOf(int id) => File.ReadAllText($"/proc/{id}/task/{id}/children").Trim();

    private static async Task SendInPiecesAsync(HttpClient client, string content, bool whole)
    {
        using var create = new HttpRequestMessage(HttpMethod.Post, "/files");
        create.Headers.Add("Tus-Resumable", "1.0.0");
        create.Headers.Add("Upload-Length", $"{content.Length}");
        create.Headers.Add("Upload-Metadata", $"filename {Convert.ToBase64String(Encoding.UTF8.GetBytes(FileName + ".doc"))}");
        using var created = await client.SendAsync(create, Cancel);
        for (var offset = 0; offset < (whole ? content.Length : content.Length / 2); offset += content.Length / 2)
        {
            using var patch = new HttpRequestMessage(HttpMethod.Patch, created.Headers.Location);
            patch.Headers.Add("Tus-Resumable", "1.0.0");
            patch.Headers.Add("Upload-Offset", $"{offset}");
            patch.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(content.Substring(offset, content.Length / 2)));
            patch.Content.Headers.TryAddWithoutValidation("Content-Type", "application/offset+octet-stream");
            using var patched = await client.SendAsync(patch, Cancel);
            Assert.True(patched.IsSuccessStatusCode);
        }
    }
}
