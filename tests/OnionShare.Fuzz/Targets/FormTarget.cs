using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Files;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>Forms: those that are right arrive as they are, those that are not leave nothing.</summary>
internal sealed class FormTarget : Target<FormTarget.Form>
{
    private const string Boundary = "-b0undary";
    private LocalServices? _local;
    private int _port;
    private string _inbox = "";

    public override string Name => "forms";

    public override int Count => 500;

    // What a browser can send of a name: it writes %22, %0D and %0A for what would end the header, and knows no NUL.
    private static readonly Gen<string> FileNames = Gen.Frequency((4, (IGen<string>)Words.Names), (1, Words.Texts.Select(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace("\0", "", StringComparison.Ordinal))))))
        .Where(name => name.Length > 0 && !name.Contains('%') && !name.Contains('\\') && name.All(letter => !char.IsControl(letter) || letter is '\r' or '\n'));

    protected override Gen<Form> Inputs { get; } = Gen.Frequency(
        (1, (IGen<Form>)Gen.Select(
            Gen.Select(FileNames, Gen.Frequency((5, (IGen<byte[]>)Gen.Byte.Array[0, 40]), (1, Gen.Int[30_000, 70_000].Select(count => Scrambled(count))), (1, Gen.Const("\r\n--" + Boundary[..5]).Select(Encoding.ASCII.GetBytes)))).Array[0, 4],
            Gen.OneOf("", "", "hello", "two\r\nlines", "日本語"), (files, text) => new Form(files, text, null))),
        (2, Mutation.Of(Corpus.Bytes("forms"), "--x", "--x--", "\r\n--x\r\n", "Content-Disposition: form-data; ", "name=\"file[]\"", "name=\"text\"", "filename=\"", "filename*=UTF-8''", "Content-Type: ", "text=", "&", "%", "+").Select(body => new Form([], "", body))));

    public override async Task PrepareAsync(string folder)
    {
        _local = new LocalServices(folder);
        _inbox = Path.Combine(folder, "inbox");
        _port = LocalServices.PortOf(await _local.StartAsync(new ReceiveRequest { Path = _inbox, MinFreeSpace = 0 }));
    }

    public override async ValueTask DisposeAsync()
    {
        if (_local is not null) await _local.DisposeAsync();
    }

    protected override async Task JudgeAsync(Form input)
    {
        var body = input.Raw ?? Body(input);
        var type = input.Raw is null ? "multipart/form-data; boundary=" + Boundary : body.AsSpan().IndexOf("--"u8) >= 0 ? "multipart/form-data; boundary=x" : "application/x-www-form-urlencoded";
        var head = $"POST /upload-ajax HTTP/1.1\r\nHost: 127.0.0.1:{_port}\r\n{LocalServices.Authorization}\r\nConnection: close\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n";
        var answer = await LocalServices.SendAsync(_port, (byte[])[.. Encoding.ASCII.GetBytes(head), .. body], isWhole: true);
        var status = LocalServices.Status(answer);
        NotHeldException.Unless(status is 200 or 400 or 413, $"a status that is not documented: {status}");
        var files = Directory.EnumerateFiles(_inbox, "*", SearchOption.AllDirectories).Where(path => !path.Contains(".uploads", StringComparison.Ordinal)).ToList();
        try
        {
            // A form that breaks off keeps what had come whole, and what had not as a partial file.
            var isBrokenOff = answer.AsSpan().IndexOf("breaks off"u8) >= 0;
            if (status != 200 && !isBrokenOff) NotHeldException.Unless(files.Count == 0 && !Directory.EnumerateDirectories(_inbox, "??????.*", SearchOption.AllDirectories).Any(), $"a refused form leaves something: {string.Join(", ", files)}");
            foreach (var path in files)
            {
                NotHeldException.Unless(Path.GetRelativePath(_inbox, path).Split(Path.DirectorySeparatorChar).Length == 3, $"a file in the wrong place: {path}");
                NotHeldException.Unless(SafeName.Of(Path.GetFileName(path)) == Path.GetFileName(path) && (isBrokenOff || !path.EndsWith(".part", StringComparison.Ordinal)), $"a file with a wrong name: {path}");
            }

            if (input.Raw is null) Compare(input, status, files);
        }
        finally
        {
            foreach (var day in Directory.EnumerateDirectories(_inbox, "2*")) Directory.Delete(day, recursive: true);
        }
    }

    protected override string Show(Form input) => input.Raw is not null ? Corpus.Escape(input.Raw)
        : $"{string.Join(", ", input.Files.Select(file => $"{Words.Show(file.Name)} of {file.Bytes.Length}: {Corpus.Escape(file.Bytes.AsSpan(0, Math.Min(50, file.Bytes.Length)))}"))} text {Words.Show(input.Text)}";

    private static void Compare(Form input, int? status, List<string> files)
    {
        var expected = input.Files.Select(file => file.Bytes).Concat(input.Text.Length > 0 ? [Encoding.UTF8.GetBytes(input.Text)] : []).Select(Convert.ToHexString).Order(StringComparer.Ordinal).ToList();
        NotHeldException.Unless(status == (expected.Count == 0 ? 400 : 200), $"a good form is refused, or an empty one taken: {status}");
        NotHeldException.Unless(files.Select(path => Convert.ToHexString(File.ReadAllBytes(path))).Order(StringComparer.Ordinal).SequenceEqual(expected), $"other files than were sent: {files.Count}, not {expected.Count}");
        // A name that is safe and alone is kept as it is.
        if (input.Files is [{ Name: var name }] && SafeName.Of(name) == name) NotHeldException.Unless(files.Any(path => Path.GetFileName(path) == name), $"another name: {Path.GetFileName(files[0])}");
    }

    private static byte[] Body(Form form)
    {
        using var body = new MemoryStream();
        foreach (var (name, bytes) in form.Files)
        {
            var written = name.Replace("\"", "%22", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
            body.Write(Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"file[]\"; filename=\"{written}\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
            body.Write(bytes);
            body.Write("\r\n"u8);
        }

        body.Write(Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{form.Text}\r\n--{Boundary}--\r\n"));
        return body.ToArray();
    }

    private static byte[] Scrambled(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A form.</summary>
    /// <param name="Files">Its files.</param>
    /// <param name="Text">Its message.</param>
    /// <param name="Raw">Its body, if it is not made of those.</param>
    internal sealed record Form((string Name, byte[] Bytes)[] Files, string Text, byte[]? Raw);
}
