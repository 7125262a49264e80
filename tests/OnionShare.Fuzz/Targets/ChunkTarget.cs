using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Clients.Fetching;
using OnionShare.Engine.Files;
using OnionShare.Engine.Web;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>What is there of a download, on both sides, against an array of flags; and the journal of a file on its way, however damaged.</summary>
internal sealed class ChunkTarget : Target<ChunkTarget.Map>
{
    private const int Length = 200;
    private string _folder = "";

    public override string Name => "chunks";

    public override int Count => 6_000;

    protected override Gen<Map> Inputs { get; } = Gen.Select(
        Gen.Select(Gen.Int[0, Length], Gen.Int[0, Length]).Array[0, 12], Mutation.Of(Corpus.Bytes("journal"), "\"ranges\":", "[[0,10]]", "[]", "null", "\"download\":", "\"identity\":"),
        (ranges, journal) => new Map(ranges, journal));

    public override Task PrepareAsync(string folder)
    {
        _folder = folder;
        return Task.CompletedTask;
    }

    protected override Task JudgeAsync(Map input)
    {
        Ranges(input.Ranges);
        Coverage(input.Ranges);
        Blocks(input.Ranges);
        Journal(input.Journal);
        return Task.CompletedTask;
    }

    protected override string Show(Map input) => $"{string.Join(' ', input.Ranges)} and {Corpus.Escape(input.Journal)}";

    private static bool[] Flags(IEnumerable<(int, int)> ranges)
    {
        var flags = new bool[Length];
        foreach (var (start, end) in ranges)
            for (var at = start; at < end; at++) flags[at] = true;
        return flags;
    }

    private static void Ranges((int Start, int End)[] ranges)
    {
        var set = new RangeSet();
        foreach (var (start, end) in ranges) set.Add(start, end);
        var flags = Flags(ranges);
        NotHeldException.Unless(set.Count == flags.Count(one => one), $"a wrong count: {set.Count}");
        NotHeldException.Unless(set.Frontier == flags.TakeWhile(one => one).Count(), $"a wrong frontier: {set.Frontier}");
        var missing = Flags(set.Missing(Length).Select(range => ((int)range.Start, (int)range.End)));
        NotHeldException.Unless(missing.Zip(flags).All(pair => pair.First != pair.Second), "a wrong list of what is missing: see the input");
        NotHeldException.Unless(set.All.Zip(set.All.Skip(1)).All(pair => pair.First.End < pair.Second.Start), "ranges that touch: see the input");
    }

    // Never complete before every byte was handed over, also when it is written down and read in between; complete once it was.
    private static void Coverage((int Start, int End)[] ranges)
    {
        var coverage = new DownloadCoverage(Length);
        var flags = new bool[Length];
        foreach (var (start, end) in ranges.Where(range => range.Start < range.End))
        {
            var written = new DownloadCoverage(Length);
            written.Read(coverage.Write());
            coverage = written;
            coverage.Begin("visitor", new ByteRange(start, end - start));
            for (var at = start; at < end; at++) flags[at] = true;
            var isWhole = coverage.Add("visitor", new ContentSent(206, start, end - start, true));
            NotHeldException.Unless(isWhole == flags.All(one => one), $"complete or not: {isWhole} after {start}-{end}");
            if (isWhole) Array.Clear(flags);
        }
    }

    private static void Blocks((int Start, int End)[] ranges)
    {
        const long unit = 64 * 1024;
        var set = new RangeSet();
        foreach (var (start, end) in ranges) set.Add(start * unit, end * unit);
        var plan = new BlockPlan(set.Missing(Length * unit), TimeProvider.System, Limit);
        var taken = new List<Block>();
        var got = new RangeSet();
        foreach (var (start, end) in set.All) got.Add(start, end);
        // Those with odd numbers break off half-way and are given back; each other one runs to its end.
        for (var turn = 0; turn < 10_000 && !plan.IsDone; turn++)
        {
            if (turn % 3 != 2 && plan.Take((turn % 7) * unit) is { } block) taken.Add(block);
            if (taken.Count == 0 || turn % 3 == 0) continue;
            var one = taken[turn % taken.Count];
            var count = (int)Math.Min(plan.Left(one), turn % 2 == 1 ? 3 * unit : 100 * unit);
            var from = one.Position;
            plan.Advance(one, count);
            got.Add(from, from + count);
            if (plan.Left(one) > 0 && turn % 5 != 0) continue;
            plan.Return(one);
            taken.Remove(one);
        }

        NotHeldException.Unless(plan.IsDone, "blocks without an end: see the input");
        NotHeldException.Unless(got.Frontier == Length * unit, $"blocks that leave a hole: {got.Frontier}");
    }

    private void Journal(byte[] journal)
    {
        var target = Path.Combine(_folder, "file.bin");
        const string source = "host\n/download";
        using (var first = PartFile.Open(target, source, TimeProvider.System)) first.Write(0, new byte[10]);

        File.WriteAllBytes(target + ".part.json", journal);
        using (var part = PartFile.Open(target, source, TimeProvider.System))
        {
            NotHeldException.Unless(part.Count is >= 0 and <= 10, $"more than there is: {part.Count}");
            NotHeldException.Unless(part.Download.Length == 32 && part.Download.All(char.IsAsciiHexDigit), $"a name of a download that is none: {part.Download}");
        }

        foreach (var left in Directory.EnumerateFiles(_folder)) File.Delete(left);
    }

    /// <summary>Ranges with exclusive ends, and a journal.</summary>
    internal sealed record Map((int Start, int End)[] Ranges, byte[] Journal);
}
