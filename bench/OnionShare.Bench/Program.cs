using System.Diagnostics;
using OnionShare.Bench;

(string Name, Func<Workplace, bool, Task<IReadOnlyList<Row>>> RunAsync, IReadOnlyList<string> Header)[] sections =
[
    ("share", (place, quick) => new ShareBench(place, quick).RunAsync(), Results.SideBySide),
    ("receive", (place, quick) => new ReceiveBench(place, quick).RunAsync(), Results.SideBySide),
    ("cost", (place, quick) => new CostBench(place, quick).RunAsync(), Results.SideBySide),
    ("website", (place, quick) => new WebsiteBench(place, quick).RunAsync(), Results.SideBySide),
    ("chat", (place, quick) => new ChatBench(place, quick).RunAsync(), Results.SideBySide),
    ("powershell", (place, quick) => new PowerShellBench(place, quick).RunAsync(), Results.SideBySide),
    ("tor", (place, quick) => new TorBench(place, quick).RunAsync(), Results.SideBySide),
    ("onion", (place, quick) => new OnionBench(place, quick).RunAsync(), Results.SideBySide),
    ("client", (place, quick) => new ClientBench(place, quick).RunAsync(), Results.SideBySide),
    ("scaling", (place, quick) => new ScalingBench(place, quick).RunAsync(), ScalingBench.Header),
    ("flat", (place, quick) => new FlatBench(place, quick).RunAsync(), FlatBench.Header),
    ("strangers", (place, quick) => new StrangersBench(place, quick).RunAsync(), StrangersBench.Header),
];
var chosen = args is [var mode, ..] ? sections.Where(section => mode == "all" || section.Name == mode).ToArray() : [];
if (chosen.Length == 0 || args.Skip(1).Any(word => word != "--quick"))
{
    Console.Error.WriteLine($"usage: bench/run.sh all|{string.Join('|', sections.Select(section => section.Name))} [--quick]");
    return 2;
}

// One that fails takes no other with it; what the file says of it stays as it was, with the date of then.
var quick = args.Length > 1;
var failed = new List<string>();
var clock = Stopwatch.StartNew();
foreach (var (name, runAsync, header) in chosen)
{
    Console.Error.WriteLine($"{clock.Elapsed:mm\\:ss} {name}");
    try
    {
        using var workplace = new Workplace();
        var circumstances = Circumstances.Begin();
        var rows = await runAsync(workplace, quick);
        new Results(Workplace.RepositoryRoot).Write(name, rows, header, circumstances.End(quick));
    }
    catch (Exception failure) when (chosen.Length > 1)
    {
        Console.Error.WriteLine($"{name} failed: {failure}");
        failed.Add(name);
    }
}

if (failed.Count > 0) Console.Error.WriteLine($"Failed: {string.Join(", ", failed)}.");
return failed.Count > 0 ? 1 : 0;
