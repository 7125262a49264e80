using System.Text;
using CsCheck;
using Microsoft.Net.Http.Headers;
using OnionShare.Contracts;
using OnionShare.Engine.Clients;
using OnionShare.Engine.Files;
using OnionShare.Engine.Modes.Website;
using OnionShare.Engine.Web;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>Names and paths that others give: no way out of the folder, and no two ways to read one.</summary>
internal sealed class NameTarget : Target<(string, string, string)>
{
    private static readonly Gen<string> Paths = Gen.Frequency(
        (3, (IGen<string>)Words.Texts),
        (3, Gen.Select(Words.Names.Array[1, 5], Gen.OneOf("/", "\\", "//", "/./", "/../"), (names, slash) => string.Join(slash, names))),
        (1, Mutation.Of(Corpus.Texts("paths"), "../", "%2f", "%5c", "C:", "\\\\?\\")));

    public override string Name => "names";

    public override int Count => 60_000;

    protected override Gen<(string, string, string)> Inputs { get; } = Gen.Select(Paths, Paths, Paths);

    protected override Task JudgeAsync((string, string, string) input)
    {
        foreach (var name in new[] { input.Item1, input.Item2, input.Item3 })
        {
            Safe(name);
            Below(name);
            Header(name);
            Site(name);
            _ = BasicCredentials.TryRead("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(name)), out _);
        }

        Order(input.Item1, input.Item2, input.Item3);
        return Task.CompletedTask;
    }

    protected override string Show((string, string, string) input) => $"{Words.Show(input.Item1)}, {Words.Show(input.Item2)}, {Words.Show(input.Item3)}";

    private static void Safe(string raw)
    {
        var name = SafeName.Of(raw);
        NotHeldException.Unless(IsSafe(name), $"a name that is not safe: {name}");
        NotHeldException.Unless(SafeName.Of(name) == name, $"a safe name is made another: {name} {SafeName.Of(name)}");
        var numbered = SafeName.Numbered(name, 12345);
        NotHeldException.Unless(IsSafe(numbered) && numbered != name, $"a number makes a name unsafe: {numbered}");
    }

    private static bool IsSafe(string name) =>
        name.Length > 0 && name is not ("." or "..") && Encoding.UTF8.GetByteCount(name) <= SafeName.MostBytes && name.IndexOfAny(['/', '\\', ':', '*', '?', '"', '<', '>', '|', '\0']) < 0
        && !name.Any(char.IsControl) && !name.EndsWith('.') && !name.EndsWith(' ') && !name.StartsWith(' ') && Words.IsWhole(name);

    private static void Below(string path)
    {
        var folder = Path.Combine(Path.GetTempPath(), "folder");
        try
        {
            var target = EntryPath.Below(folder, path);
            NotHeldException.Unless(Path.GetFullPath(target) == target && target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal), $"a path out of the folder: {target}");
        }
        catch (ProblemException refused) when (refused.Problem.Code == ProblemCodes.RemoteUnsafe)
        {
            NotHeldException.Unless(!refused.Problem.Detail.Any(char.IsControl), "a control character in a problem: see the input");
        }

        NotHeldException.Unless(IsSafe(EntryPath.Last(path)), $"a name that is not safe: {EntryPath.Last(path)}");
    }

    // RFC 6266: one line of ASCII, out of which a browser reads the same name, as far as it can be written at all.
    private static void Header(string name)
    {
        var header = ContentDisposition.Attachment(name);
        NotHeldException.Unless(header.All(letter => letter is >= ' ' and <= '~'), $"a header that is none: {header}");
        NotHeldException.Unless(ContentDispositionHeaderValue.TryParse(header, out var read) && read.DispositionType == "attachment", $"a header that can't be read: {header}");
    }

    private static void Site(string path)
    {
        // Dot segments are refused where names are looked up, and a NUL as it is by the server.
        if (!path.Contains('\0') && SitePath.TryRead("/" + path.TrimStart('/'), out var read)) NotHeldException.Unless(!read.Contains('\0'), $"a path with a NUL: {read}");
    }

    private static void Order(string a, string b, string c)
    {
        var order = NaturalOrder.Instance;
        NotHeldException.Unless(Math.Sign(order.Compare(a, b)) == -Math.Sign(order.Compare(b, a)), "an order that depends on the side: see the input");
        NotHeldException.Unless(order.Compare(a, a) == 0, "a name before itself: see the input");
        if (order.Compare(a, b) <= 0 && order.Compare(b, c) <= 0) NotHeldException.Unless(order.Compare(a, c) <= 0, "an order that goes round: see the input");
    }
}
