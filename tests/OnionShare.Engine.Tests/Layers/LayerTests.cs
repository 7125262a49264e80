extern alias cmdlets;

using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Xunit;

namespace OnionShare.Engine.Tests.Layers;

/// <summary>The folders of both processes, from the ground up: each knows only those before it. README's table shows the same picture.</summary>
public sealed class LayerTests
{
    private static readonly string[] EngineFolders =
    [
        "Storage", "Files.Native", "Files", "Archive", "Passwords",
        "Tor.Keys", "Tor.Tunnels", "Tor.Control", "Tor.Bridges", "Tor.Settings", "Tor.Processes", "Tor.Onions", "Tor",
        "Tor.Installation", "Tor.Circumvention", "Tor.Diagnosis",
        "Services", "Web", "Modes.Share", "Modes.Receive", "Modes.Website", "Modes.Chat", "Modes",
        "Clients", "Saved", "", "Control", "Cli",
    ];

    private static readonly string[] CmdletsFolders = ["Objects", "", "Pipeline", "Engine", "Scheduling", "Vaults", "Chat", "Desktop", "Completion", "Commands"];

    // Pages and what uses them, a visit and what is done on it, the verbs, and a scheduler of each platform with what they share, are one room.
    private static readonly string[] Whole = ["Web", "Modes.Receive", "Clients", "Cli", "Scheduling"];

    // The objects that people get are of the namespace OnionShare; these lie in the folder they work in.
    private static readonly string[] OfEngine = ["OnionShare.OnionServiceJob", "OnionShare.OnionEventSource"];

    private static readonly Lazy<Reference[]> EngineReferences = new(() => Read(typeof(Engine), "OnionShare.Engine"));
    private static readonly Lazy<Reference[]> CmdletsReferences = new(() => Read(typeof(cmdlets::OnionShare.OnionService), "OnionShare.Cmdlets"));

    [Fact]
    public void The_engines_folders_know_only_those_below_them() => AssertNone(Breaks(EngineReferences.Value, EngineFolders));

    [Fact]
    public void The_cmdlets_folders_know_only_those_below_them() => AssertNone(Breaks(CmdletsReferences.Value, CmdletsFolders));

    [Theory]
    [InlineData("Modes.Share")]
    [InlineData("Modes.Receive")]
    [InlineData("Modes.Website")]
    [InlineData("Modes.Chat")]
    public void A_mode_knows_no_other_mode_and_no_tor(string mode) =>
        AssertNone(EngineReferences.Value
            .Where(one => one.From == mode && (one.To.StartsWith("Modes", StringComparison.Ordinal) || one.To.StartsWith("Tor", StringComparison.Ordinal)))
            .Select(one => one.What));

    [Fact]
    public void Every_lock_has_the_same_name()
    {
        var locks = new[] { typeof(Engine), typeof(cmdlets::OnionShare.OnionService) }
            .SelectMany(Types).SelectMany(type => type.Members).OfType<FieldMember>().Where(field => field.Type.FullName == typeof(Lock).FullName).ToArray();
        Assert.NotEmpty(locks);
        AssertNone(locks.Where(field => field.Name != "_lock").Select(field => $"{field.FullName} is not called _lock"));
    }

    [Fact]
    public void The_table_of_folders_in_README_names_each_folder_there_is()
    {
        var rows = File.ReadLines(Path.Join(Repository.Root, "README.md")).Where(line => line.StartsWith("| `src/", StringComparison.Ordinal)).ToArray();
        var source = Path.Join(Repository.Root, "src");
        var folders = Directory.EnumerateDirectories(source).SelectMany(project =>
            Directory.EnumerateDirectories(project, "*", SearchOption.AllDirectories).Prepend(project)
                .Select(folder => (Project: Path.GetFileName(project), Parts: Path.GetRelativePath(project, folder).Split(Path.DirectorySeparatorChar)))
                .Where(folder => !folder.Parts.Intersect(["bin", "obj"]).Any()));
        AssertNone(folders
            .Where(folder => !rows.Any(row => row.Contains($"`src/{folder.Project}", StringComparison.Ordinal)
                && (folder.Parts[^1] == "." || row.Contains($"`{folder.Parts[^1]}`", StringComparison.Ordinal) || row.Contains($"/{folder.Parts[^1]}`", StringComparison.Ordinal))))
            .Select(folder => $"{folder.Project}/{string.Join('/', folder.Parts)} is in no row of README's table"));
    }

    /// <summary>The proof that the tests above can fail: with two folders in the wrong order, or one that nobody has placed, they would.</summary>
    [Theory]
    [InlineData("Services", "Web")]
    [InlineData("Tor.Control", "Tor.Processes")]
    [InlineData("Files", "Archive")]
    public void A_break_is_found(string lower, string upper)
    {
        var wrong = EngineFolders.Select(folder => folder == lower ? upper : folder == upper ? lower : folder).ToArray();
        Assert.Contains(Breaks(EngineReferences.Value, wrong), one => one.StartsWith(upper + ":", StringComparison.Ordinal));
        Assert.Contains(Breaks(EngineReferences.Value, [.. EngineFolders.Except([lower])]), one => one.Contains("has no place", StringComparison.Ordinal));
    }

    private static void AssertNone(IEnumerable<string> breaks)
    {
        var all = breaks.ToArray();
        Assert.True(all.Length == 0, string.Join('\n', all));
    }

    private static IEnumerable<string> Breaks(IEnumerable<Reference> references, string[] folders)
    {
        foreach (var (from, to, what) in references)
        {
            var (upper, lower) = (Array.IndexOf(folders, from), Array.IndexOf(folders, to));
            if (upper < 0) yield return $"{from}: the folder has no place in the table";
            else if (lower < 0) yield return $"{to}: the folder has no place in the table";
            else if (lower > upper) yield return $"{from}: {what}";
        }
    }

    private static Reference[] Read(System.Type one, string root)
    {
        return
        [
            .. Types(one)
                .SelectMany(type => type.Dependencies, (type, dependency) =>
                    (From: Folder(type, root), To: Folder(dependency.Target, root), What: $"{type.FullName} knows {dependency.Target.FullName}"))
                .Where(found => found.From is not null && found.To is not null && found.From != found.To)
                .Select(found => new Reference(found.From!, found.To!, found.What))
                .Distinct(),
        ];
    }

    private static IEnumerable<IType> Types(System.Type one) => new ArchLoader().LoadAssembly(one.Assembly).Build().Types;

    private static string? Folder(IType type, string root)
    {
        if (type is GenericParameter || type.Namespace?.FullName is not { } name) return null;
        if (name == "OnionShare") return OfEngine.Any(one => type.FullName.StartsWith(one, StringComparison.Ordinal)) ? "Engine" : "Objects";
        if (name != root && !name.StartsWith(root + ".", StringComparison.Ordinal)) return null;
        var folder = name[root.Length..].TrimStart('.');
        return Whole.FirstOrDefault(whole => folder.StartsWith(whole + ".", StringComparison.Ordinal)) ?? folder;
    }

    private sealed record Reference(string From, string To, string What);
}
