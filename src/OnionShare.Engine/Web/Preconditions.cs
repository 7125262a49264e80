using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace OnionShare.Engine.Web;

/// <summary>What the conditions of a request say about sending a representation (RFC 9110 §13.2.2).</summary>
public enum PreconditionOutcome
{
    Passed,

    /// <summary>The visitor has it already: 304.</summary>
    NotModified,

    /// <summary>It is not what the visitor takes it for: 412.</summary>
    Failed,
}

/// <summary>Evaluates the conditional headers of a GET or HEAD against a representation (RFC 9110 §13).</summary>
/// <param name="EntityTag">Its strong entity tag.</param>
/// <param name="LastModified">When it last changed, whole seconds.</param>
/// <param name="IsDateStrong">Whether the date tells all versions apart (RFC 9110 §8.8.2.2).</param>
public readonly record struct Preconditions(string EntityTag, DateTimeOffset LastModified, bool IsDateStrong)
{
    /// <summary>If-Match, else If-Unmodified-Since; then If-None-Match, else If-Modified-Since: the order of RFC 9110 §13.2.2.</summary>
    public PreconditionOutcome Evaluate(IHeaderDictionary headers)
    {
        if (headers.IfMatch.Count > 0)
        {
            if (!Matches(headers.IfMatch, strong: true)) return PreconditionOutcome.Failed;
        }
        else if (TryReadDate(headers.IfUnmodifiedSince, out var unmodifiedSince) && LastModified > unmodifiedSince)
        {
            return PreconditionOutcome.Failed;
        }

        if (headers.IfNoneMatch.Count > 0)
        {
            if (Matches(headers.IfNoneMatch, strong: false)) return PreconditionOutcome.NotModified;
        }
        else if (TryReadDate(headers.IfModifiedSince, out var modifiedSince) && LastModified <= modifiedSince)
        {
            return PreconditionOutcome.NotModified;
        }

        return PreconditionOutcome.Passed;
    }

    /// <summary>
    /// Whether a Range header counts: there is no If-Range, or it names this very representation by its strong entity tag or by
    /// its exact date where that date is strong (RFC 9110 §13.1.5).
    /// </summary>
    public bool RangeApplies(IHeaderDictionary headers)
    {
        var ifRange = headers.IfRange;
        if (ifRange.Count == 0) return true;
        if (ifRange.Count > 1) return false;
        if (EntityTagHeaderValue.TryParse(ifRange.ToString(), out var tag)) return tag.Compare(Own(), useStrongComparison: true);
        return IsDateStrong && TryReadDate(ifRange, out var date) && date == LastModified;
    }

    private bool Matches(StringValues header, bool strong)
    {
        // A list that can't be read matches nothing: If-Match then refuses, If-None-Match then sends.
        if (!EntityTagHeaderValue.TryParseStrictList(header!, out var tags)) return false;
        var own = Own();
        foreach (var tag in tags)
        {
            if (tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(own, strong)) return true;
        }

        return false;
    }

    private EntityTagHeaderValue Own() => EntityTagHeaderValue.Parse(EntityTag);

    private static bool TryReadDate(StringValues header, out DateTimeOffset date)
    {
        date = default;
        return header.Count == 1 && HeaderUtilities.TryParseDate(header.ToString(), out date);
    }
}
