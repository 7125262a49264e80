using System.Globalization;
using OnionShare.Engine.Tor.Bridges;

namespace OnionShare.Engine.Tor.Circumvention;

/// <summary>Makes offers of an answer of the circumvention service. What stands in it is a stranger's: only lines that are bridge lines get through.</summary>
internal sealed class BridgeOffers(CircumventionClient client)
{
    // The service gives a few lines of a few transports.
    private const int MostSets = 32;
    private const int MostLines = 64;

    private IReadOnlyDictionary<string, IReadOnlyList<string?>?>? _builtIn;

    /// <summary>The offers in the order of the answer; a built-in set without lines is filled from the service's list of them.</summary>
    /// <param name="answer">An answer without an error.</param>
    /// <param name="note">What to say of all of them; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.BridgesNotFound"/>: nothing in it can be used.</exception>
    public async Task<IReadOnlyList<BridgeOffer>> ReadAsync(CircumventionAnswer answer, string? note, CancellationToken cancellationToken)
    {
        var country = answer.Country is { Length: 2 } code && code.All(char.IsAsciiLetter) ? code.ToLowerInvariant() : null;
        var offers = new List<BridgeOffer>();
        string? lastWrong = null;
        foreach (var set in (answer.Settings ?? []).Take(MostSets).Select(setting => setting?.Bridges).OfType<CircumventionBridges>())
        {
            var (good, refused, wrong) = Parse(await LinesAsync(set, cancellationToken));
            lastWrong = wrong ?? lastWrong;
            var leftOut = refused == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{refused} of the service's lines left out: the last one {wrong}.");
            var remark = string.Join(' ', new[] { note, leftOut }.OfType<string>());
            offers.AddRange(good.GroupBy(line => line.Transport ?? BridgeLine.Plain).Select(lines => new BridgeOffer
            {
                Transport = lines.Key,
                Source = RemoteText.Show(set.Source, 40),
                Country = country,
                Lines = [.. lines.Select(line => line.Text)],
                Note = remark == "" ? null : remark,
            }));
        }

        return offers.Count > 0 ? offers : throw new ProblemException(
            ProblemCodes.BridgesNotFound,
            lastWrong is null ? "The circumvention service gave no bridges." : $"The circumvention service gave no bridge line that can be used: the last {lastWrong}.",
            "Try again later, or ask by another way. If it happens again, something between here and the service may answer in its place.");
    }

    private async Task<IReadOnlyList<string?>> LinesAsync(CircumventionBridges set, CancellationToken cancellationToken)
    {
        if (set.BridgeStrings is { Count: > 0 } lines || set.Source != "builtin" || set.Type is not { } type)
            return set.BridgeStrings ?? [];
        _builtIn ??= await client.BuiltInAsync(cancellationToken);
        return _builtIn.GetValueOrDefault(type) ?? [];
    }

    private static (List<BridgeLine> Good, int Refused, string? Wrong) Parse(IReadOnlyList<string?> lines)
    {
        var good = new List<BridgeLine>();
        string? lastWrong = null;
        foreach (var line in lines.Take(MostLines))
        {
            if (BridgeLine.TryParse(line ?? "", out var wrong) is { } bridge)
                good.Add(bridge);
            else
                lastWrong = wrong;
        }

        return (good, lines.Count - good.Count, lastWrong ?? (lines.Count > MostLines ? "are more than can be of use" : null));
    }
}
