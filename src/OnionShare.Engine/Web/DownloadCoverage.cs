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

    /// <summary>Adds what a request got; true when its chain has now got every byte; it then starts anew.</summary>
    public bool Add(string chain, ContentSent sent) =>
        length == 0
            ? sent.Completed
            : sent is { StatusCode: StatusCodes.Status200OK or StatusCodes.Status206PartialContent, BytesHandedOver: > 0 }
                && Add(chain, new ByteRange(sent.RangeStart, sent.BytesHandedOver));

    private bool Add(string chain, ByteRange range)
    {
        lock (_lock)
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
            node.Value.Add(range);
            if (!node.Value.Covers(length)) return false;
            // What comes after the whole is the beginning of another.
            _chains.Remove(chain);
            _byAge.Remove(node);
            return true;
        }
    }

    private sealed class Chain(string name)
    {
        private readonly List<ByteRange> _ranges = []; // sorted; no two touch

        public string Name { get; } = name;

        public int RangeCount => _ranges.Count;

        public bool Covers(long length) => _ranges is [{ Start: <= 0 } only] && only.End >= length;

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
