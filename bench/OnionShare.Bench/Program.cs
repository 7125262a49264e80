using OnionShare.Bench;

if (args is not [var mode, .. var rest] || rest.Any(word => word != "--quick"))
{
    Console.Error.WriteLine("usage: bench/run.sh share|tor [--quick]");
    return 2;
}

var quick = rest.Length > 0;
using var workplace = new Workplace();
var results = new Results(Workplace.RepositoryRoot);
switch (mode)
{
    case "share":
        results.Write("share", await new ShareBench(workplace, quick).RunAsync());
        return 0;
    case "tor":
        results.Write("tor", await new TorBench(workplace, quick).RunAsync());
        return 0;
    default:
        Console.Error.WriteLine($"There is no benchmark '{mode}'.");
        return 2;
}
