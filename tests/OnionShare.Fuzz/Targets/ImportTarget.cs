using System.Security.Cryptography;
using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine;
using OnionShare.Engine.Saved;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>Files and folders that are imported: exports, OnionShare's tabs, tor's keys and mkp224o's. A service, or a documented problem.</summary>
internal sealed class ImportTarget : Target<ImportTarget.Import>
{
    private const string Passphrase = "five words are better still";
    private const string Header = "== ed25519v1-secret: type0 ==\0\0\0";
    private static readonly byte[] Key = [.. Enumerable.Range(0, 64).Select(number => (byte)(number == 0 ? 8 : number == 31 ? 64 : 1))];
    private static readonly byte[][] Good = [.. Corpora()];
    private Engine.Engine? _engine;
    private SavedTransport? _transport;
    private string _folder = "";

    public override string Name => "import";

    public override int Count => 4_000;

    protected override Gen<Import> Inputs { get; } = Gen.Select(
        Mutation.Of(Good, "\"onion\":", "\"persistent\":", "\"private_key\":", "\"general\":", "\"filenames\":[", "null", "\\ud800", "hs_ed25519_secret_key: ", "hostname: ", Header, "OSPSEXPT"),
        Mutation.Of(["2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion\n", "descriptor:x25519:RTBLYBDUZ7GWAW2ZMOWZYAVVXGO7LQYUSR3ZRXWZQH3Y6DCQQ6CA\n", "== ed25519v1-public: type0 ==\0\0\0"]),
        Gen.OneOf("", "hostname", "hs_ed25519_public_key", "authorized_clients/anna.auth", "inner"), Gen.Bool, (file, other, beside, withService) => new Import(file, other, beside, withService));

    public override Task PrepareAsync(string folder)
    {
        _folder = Path.Combine(folder, "import");
        _engine = new Engine.Engine(new EngineOptions { StateFolder = Path.Combine(folder, "state") }, TimeProvider.System);
        // The real derivation takes half a second, on purpose.
        _transport = new SavedTransport(_engine.Saved, TimeProvider.System, new ExportEnvelope((passphrase, salt, _) => SHA256.HashData([.. Encoding.UTF8.GetBytes(passphrase), .. salt])));
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
    }

    protected override Task JudgeAsync(Import input)
    {
        Directory.CreateDirectory(_folder);
        try
        {
            // A file by itself; or a folder of tor's, with something beside the key, or a folder around it.
            var path = Path.Combine(_folder, "tab.json");
            if (input.Beside.Length > 0)
            {
                path = _folder;
                var inner = input.Beside == "inner" ? Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName : _folder;
                File.WriteAllBytes(Path.Combine(inner, "hs_ed25519_secret_key"), input.File);
                var other = Path.Combine(inner, input.Beside == "inner" ? "hostname" : input.Beside);
                Directory.CreateDirectory(Path.GetDirectoryName(other)!);
                File.WriteAllText(other, input.Other);
            }
            else
            {
                File.WriteAllBytes(path, input.File);
            }

            var record = _transport!.Read(new ImportRequest { Path = path, Passphrase = Passphrase, Service = input.WithService ? new ChatRequest() : null });
            var key = record.Key();
            NotHeldException.Unless(key is null || key.Address == record.Address, $"a service with another address than its key's: {record.Address}");
        }
        catch (ProblemException refused)
        {
            NotHeldException.Unless(refused.Problem.Code is ProblemCodes.ImportRefused or ProblemCodes.InvalidRequest or ProblemCodes.SavedUnusable or ProblemCodes.PassphraseNeeded, $"a problem nobody has thought of: {refused.Problem.Code} {refused.Problem.Detail}");
            NotHeldException.Unless(!refused.Problem.Detail.Any(char.IsControl), "a control character in a problem: see the input");
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }

        return Task.CompletedTask;
    }

    protected override string Show(Import input) => $"{Corpus.Escape(input.File)} beside {input.Beside} {Words.Show(input.Other)}{(input.WithService ? " with a service" : "")}";

    private static IEnumerable<byte[]> Corpora()
    {
        var key = Convert.ToBase64String(Key);
        foreach (var line in Corpus.Texts("tabs")) yield return Encoding.UTF8.GetBytes(line.Replace("{key}", key, StringComparison.Ordinal));
        yield return [.. Encoding.ASCII.GetBytes(Header), .. Key];
        yield return Encoding.ASCII.GetBytes($"hs_ed25519_secret_key: {Convert.ToBase64String([.. Encoding.ASCII.GetBytes(Header), .. Key])}\n");
        var record = new SavedRecord { Name = "name", SavedAt = DateTimeOffset.UnixEpoch, Request = new ChatRequest { LocalOnly = true }, Secrets = new SavedSecrets("constrict-purity-lantern", null) };
        var export = SavedDocument.Write(record, protect: false);
        yield return export;
        yield return new ExportEnvelope((passphrase, salt, _) => SHA256.HashData([.. Encoding.UTF8.GetBytes(passphrase), .. salt])).Seal(export, Passphrase);
    }

    /// <summary>What is imported.</summary>
    /// <param name="File">The file.</param>
    /// <param name="Other">What lies beside it.</param>
    /// <param name="Beside">What that is called; empty for a file by itself.</param>
    /// <param name="WithService">Whether it is said what is to be served.</param>
    internal sealed record Import(byte[] File, string Other, string Beside, bool WithService);
}
