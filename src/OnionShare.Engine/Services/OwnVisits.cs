using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace OnionShare.Engine.Services;

/// <summary>
/// The visits an operator makes to a service of their own to see whether it can be reached. They go the way of any other visit, and leave no trace in what
/// is counted: no visit, no transfer, no download. Who makes one proves it by a word nobody can guess.
/// </summary>
public sealed class OwnVisits
{
    /// <summary>The request header that has the word.</summary>
    public const string Header = "Onionshare-Test";

    private static readonly AsyncLocal<bool> Here = new();

    private readonly ConcurrentDictionary<string, OwnVisit> _underWay = new(StringComparer.Ordinal);

    /// <summary>Whether the request that is being answered is one of such a visit.</summary>
    public static bool IsHere => Here.Value;

    /// <summary>Begins one; it lasts until it is disposed.</summary>
    public OwnVisit Begin()
    {
        var visit = new OwnVisit(RandomNumberGenerator.GetHexString(32, lowercase: true), word => _underWay.TryRemove(word, out _));
        _underWay[visit.Word] = visit;
        return visit;
    }

    /// <summary>Takes the request that is being answered for one of such a visit, if it has the word of one.</summary>
    internal void Enter(string? word)
    {
        if (word is null || !_underWay.TryGetValue(word, out var visit)) return;
        visit.IsSeen = true;
        Here.Value = true;
    }
}

public sealed class OwnVisit : IDisposable
{
    private readonly Action<string> _end;

    internal OwnVisit(string word, Action<string> end) => (Word, _end) = (word, end);

    /// <summary>What its requests have to say. Secret.</summary>
    public string Word { get; }

    /// <summary>Whether a request of it has come to the service, past the password gate.</summary>
    public bool IsSeen { get; internal set; }

    public void Dispose() => _end(Word);
}
