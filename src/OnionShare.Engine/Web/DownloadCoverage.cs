using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Engine.Web;

/// <summary>
/// Tells when a content has been downloaded completely, be it in one transfer or in several: the ranges handed over to one chain of
/// requests cover every byte. Chains are kept apart, so that halves taken by different visitors are no whole. Whatever is forgotten to
/// keep memory bounded makes it count too little, never too much. Safe to use from several threads.
/// </summary>
/// <param name="length">How many bytes the content has.</param>
public sealed class DownloadCoverage(long length)
{
    /// <summary>The chains remembered; beyond them the one longest without a transfer is forgotten.</summary>
    public const int MaximumChains = 256;

    /// <summary>The separate ranges remembered of a chain; beyond them the smallest is forgotten.</summary>
    public const int MaximumRanges = 64;

    private const char Left = '~'; // before a range of which it is not known how much got out

    private const NumberStyles Numbers = NumberStyles.None;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Chain>> _chains = [];
    private readonly LinkedList<Chain> _byAge = [];

    /// <summary>
    /// The chain a request belongs to: a hash of what a visitor's program says of itself. All visitors come from one address, tor's,
    /// so there is nothing better.
    /// </summary>
    public static string ChainOf(HttpRequest request)
    {
        var told = string.Join('\n', request.Headers.UserAgent.ToString(), request.Headers.AcceptLanguage.ToString());
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(told)));
    }

    internal (int Chains, int Ranges) Remembered
    {
        get
        {
            lock (_lock) return (_byAge.Count, _byAge.Sum(chain => chain.RangeCount));
        }
    }

    /// <summary>
    /// A transfer of a range begins. If one of this chain was cut, so that it is not known how much of its end got out, or was under way when the engine
    /// was killed, whoever now goes on inside that has got what comes before.
    /// </summary>
    public void Begin(string chain, ByteRange range)
    {
        lock (_lock) ChainNamed(chain).Begin(range);
    }

    /// <summary>What it knows, as text for <see cref="Read"/>: a line for each chain, the one longest without a transfer first.</summary>
    public string Write()
    {
        lock (_lock) return string.Join('\n', _byAge);
    }

    /// <summary>Goes on from what <see cref="Write"/> told for a content of this length. Lines that are damaged count for nothing.</summary>
    public void Read(string text)
    {
        lock (_lock)
        {
            foreach (var words in text.Split('\n').Select(line => line.Split(' ')).Where(words => words.Length > 1))
            {
                var chain = ChainNamed(words[0]);
                foreach (var word in words.Skip(1))
                {
                    var ends = word.TrimStart(Left).Split('-');
                    if (ends.Length != 2 || !long.TryParse(ends[0], Numbers, CultureInfo.InvariantCulture, out var start)
                        || !long.TryParse(ends[1], Numbers, CultureInfo.InvariantCulture, out var end) || end <= start || end > length)
                    {
                        continue;
                    }

                    var range = new ByteRange(start, end - start);
                    if (word[0] == Left) chain.Leave(range);
                    else chain.Add(range);
                }
            }
        }
    }

    /// <summary>Adds what a request got; true when its chain has now got every byte; it then starts anew.</summary>
    public bool Add(string chain, ContentSent sent)
    {
        lock (_lock)
        {
            if (_chains.TryGetValue(chain, out var known)) known.Value.End(sent.RangeStart);
            if (sent.BytesUnsure > 0) ChainNamed(chain).Leave(new ByteRange(sent.RangeStart + sent.BytesHandedOver, sent.BytesUnsure));
        }

        return length == 0
            ? sent.Completed
            : sent is { StatusCode: StatusCodes.Status200OK or StatusCodes.Status206PartialContent, BytesHandedOver: > 0 }
                && Add(chain, new ByteRange(sent.RangeStart, sent.BytesHandedOver));
    }

    /// <summary>
    /// Takes the word of a chain that it has got every byte: true when all but what got out for all that is known has been handed over; it then starts
    /// anew.
    /// </summary>
    public bool Believe(string chain)
    {
        lock (_lock)
        {
            if (!_chains.TryGetValue(chain, out var known)) return false;
            known.Value.GotAllLeft();
            return TakeWhole(known.Value);
        }
    }

    private bool Add(string chain, ByteRange range)
    {
        lock (_lock)
        {
            var known = ChainNamed(chain);
            known.Add(range);
            return TakeWhole(known);
        }
    }

    // What comes after the whole is the beginning of another.
    private bool TakeWhole(Chain known)
    {
        if (!known.Covers(length)) return false;
        _chains.Remove(known.Name, out var node);
        _byAge.Remove(node!);
        return true;
    }

    // Under the lock. It is then the one with the latest transfer.
    private Chain ChainNamed(string chain)
    {
        if (_chains.TryGetValue(chain, out var node))
        {
            _byAge.Remove(node);
        }
        else
        {
            if (_chains.Count == MaximumChains)
            {
                _chains.Remove(_byAge.First!.Value.Name);
                _byAge.RemoveFirst();
            }

            node = new LinkedListNode<Chain>(new Chain(chain));
            _chains.Add(chain, node);
        }

        _byAge.AddLast(node);
        return node.Value;
    }

    private sealed class Chain(string name)
    {
        private readonly List<ByteRange> _ranges = []; // sorted; no two touch
        private readonly List<ByteRange> _underWay = [];
        private readonly List<ByteRange> _left = []; // it is not known how much got out: cut, or under way when the engine was killed

        public string Name { get; } = name;

        public int RangeCount => _ranges.Count;

        public bool Covers(long length) => _ranges is [{ Start: <= 0 } only] && only.End >= length;

        public void Begin(ByteRange range)
        {
            foreach (var left in _left.Where(left => left.Start < range.Start && range.Start <= left.End).ToArray())
            {
                _left.Remove(left);
                Add(new ByteRange(left.Start, range.Start - left.Start));
            }

            if (_underWay.Count < MaximumRanges) _underWay.Add(range);
        }

        public void End(long start)
        {
            if (_underWay.FindIndex(known => known.Start == start) is >= 0 and var at) _underWay.RemoveAt(at);
        }

        public void Leave(ByteRange range)
        {
            if (_left.Count < MaximumRanges) _left.Add(range);
        }

        public void GotAllLeft()
        {
            foreach (var range in _left) Add(range);
            _left.Clear();
        }

        public override string ToString() =>
            string.Join(' ', [Name, .. _ranges.Select(Show), .. _underWay.Concat(_left).Select(range => Left + Show(range))]);

        private static string Show(ByteRange range) => string.Create(CultureInfo.InvariantCulture, $"{range.Start}-{range.End}");

        public void Add(ByteRange range)
        {
            var from = _ranges.FindIndex(known => known.End >= range.Start);
            if (from < 0) from = _ranges.Count;
            var to = from;
            while (to < _ranges.Count && _ranges[to].Start <= range.End)
            {
                var start = Math.Min(range.Start, _ranges[to].Start);
                range = new ByteRange(start, Math.Max(range.End, _ranges[to].End) - start);
                to++;
            }

            _ranges.RemoveRange(from, to - from);
            _ranges.Insert(from, range);
            if (_ranges.Count > MaximumRanges) _ranges.Remove(_ranges.MinBy(known => known.Count));
        }
    }
}
