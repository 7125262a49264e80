using OnionShare.Bench;

if (args is not [var mode, .. var rest] || rest.Any(word => word != "--quick"))
{
    Console.Error.WriteLine("usage: bench/run.sh share|receive|website|chat|tor|client|scaling|flat [--quick]");
    return 2;
}

var quick = rest.Length > 0;
using var workplace = new Workplace();
IReadOnlyList<Row>? rows = mode switch
{
    "share" => await new ShareBench(workplace, quick).RunAsync(),
    "receive" => await new ReceiveBench(workplace, quick).RunAsync(),
    "website" => await new WebsiteBench(workplace, quick).RunAsync(),
    "chat" => await new ChatBench(workplace, quick).RunAsync(),
    "tor" => await new TorBench(workplace, quick).RunAsync(),
    "client" => await new ClientBench(workplace, quick).RunAsync(),
    "scaling" => await new ScalingBench(workplace, quick).RunAsync(),
    "flat" => await new FlatBench(workplace, quick).RunAsync(),
    _ => null,
};
if (rows is null)
{
    Console.Error.WriteLine($"There is no benchmark '{mode}'.");
    return 2;
}

new Results(Workplace.RepositoryRoot).Write(mode, rows, mode switch { "scaling" => ScalingBench.Header, "flat" => FlatBench.Header, _ => Results.SideBySide });
return 0;
