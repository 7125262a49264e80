using System.Collections.Concurrent;
using System.Globalization;
using OnionShare.Fuzz;
using OnionShare.Fuzz.Targets;

// OnionShare.Fuzz [--seed S] [--target T] [--minutes N] [--input I]: without --minutes each target gets a fixed number of inputs, so that a run repeats.
var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair.Length == 2 ? pair[1] : "", StringComparer.Ordinal);
var seed = options.TryGetValue("--seed", out var told) ? ulong.Parse(told, CultureInfo.InvariantCulture) : 1;
TimeSpan? minutes = options.TryGetValue("--minutes", out told) ? TimeSpan.FromMinutes(double.Parse(told, CultureInfo.InvariantCulture)) : null;
ulong? only = options.TryGetValue("--input", out told) ? ulong.Parse(told, CultureInfo.InvariantCulture) : null;
IReadOnlyList<Func<Target>> all =
[
    () => new ZipTarget(), () => new RequestTarget(), () => new TusTarget(), () => new FormTarget(), () => new SocketTarget(), () => new ListingTarget(),
    () => new RoomTarget(), () => new ArchiveTarget(), () => new ImportTarget(), () => new ControlTarget(), () => new RangeTarget(), () => new ChatTarget(),
    () => new LineTarget(), () => new NameTarget(), () => new RecordTarget(), () => new ChunkTarget(),
];
var targets = all.Select(make => make()).Where(target => !options.TryGetValue("--target", out var name) || target.Name == name).ToList();
if (targets.Count == 0)
{
    Console.Error.WriteLine("There is no such target. These are: " + string.Join(", ", all.Select(make => make().Name)) + ".");
    return 2;
}

Console.WriteLine($"seed {seed}");
var results = new ConcurrentBag<(long Inputs, int Crashes)>();
var degree = Math.Min(targets.Count, Environment.ProcessorCount);
await Parallel.ForEachAsync(targets, new ParallelOptions { MaxDegreeOfParallelism = degree }, async (target, _) =>
    results.Add(await new Runner(seed).RunAsync(target, minutes * degree / targets.Count, only)));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{results.Sum(one => one.Inputs):N0} inputs, {results.Sum(one => one.Crashes)} crashes"));
var failed = results.Count(one => one.Crashes > 0);
Console.WriteLine($"{results.Count - failed} passed, {failed} failed");
return failed == 0 ? 0 : 1;
