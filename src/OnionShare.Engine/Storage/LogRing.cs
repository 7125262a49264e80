using System.Text.RegularExpressions;

namespace OnionShare.Engine.Storage;

/// <summary>The last lines of the log, in memory only: a bounded ring that costs the same however long the engine runs.</summary>
public sealed partial class LogRing(TimeProvider time) : ILoggerProvider
{
    public const int Kept = 2000;

    private const int LongestLine = 2000;
    private const int ShortestSecret = 4;
    private const string Redacted = "***";

    private readonly Lock _lock = new();
    private readonly Queue<LogRecord> _records = new();

    /// <summary>The lines, oldest first, without what is secret.</summary>
    /// <param name="secrets">Passwords that must not be in it, whoever wrote them there.</param>
    public IReadOnlyList<LogRecord> Read(IEnumerable<string> secrets)
    {
        LogRecord[] records;
        lock (_lock) records = [.. _records];
        var hidden = secrets.Where(secret => secret.Length >= ShortestSecret).Distinct().OrderByDescending(secret => secret.Length).ToArray();
        return [.. records.Select(record => record with { Message = hidden.Aggregate(record.Message, (text, secret) => text.Replace(secret, Redacted, StringComparison.Ordinal)) })];
    }

    /// <param name="importance">How much it matters.</param>
    /// <param name="source">The part of the engine that wrote it.</param>
    /// <param name="text">What it says; keys, and passwords in links, are taken out, and what is not safe to show is made so.</param>
    public void Add(LogImportance importance, string source, string text)
    {
        var record = new LogRecord { Time = time.GetUtcNow(), Importance = importance, Source = source, Message = RemoteText.Show(WithoutKeys(text), LongestLine) };
        lock (_lock)
        {
            if (_records.Count == Kept) _records.Dequeue();
            _records.Enqueue(record);
        }
    }

    public ILogger CreateLogger(string categoryName)
    {
        var source = categoryName[(categoryName.LastIndexOf('.') + 1)..];
        return new TextLogger(LogLevel.Debug, (level, text) => Add(
            level switch { LogLevel.Debug => LogImportance.Debug, LogLevel.Information => LogImportance.Information, LogLevel.Warning => LogImportance.Warning, _ => LogImportance.Error },
            source, text));
    }

    public void Dispose()
    {
        // Nothing is open.
    }

    private static string WithoutKeys(string text) => Keys().Replace(LinkPasswords().Replace(text, "://" + Redacted + "@"), "$1" + Redacted);

    // The user's part of a link (RFC 3986 §3.2.1).
    [GeneratedRegex(@"://[^/\s@]+@", RegexOptions.CultureInvariant)]
    private static partial Regex LinkPasswords();

    // control-spec 3.27 and rend-spec-v3: ED25519-V3:BASE64, descriptor:x25519:BASE32 and ClientAuthV3=BASE32.
    [GeneratedRegex(@"\b(ED25519-V3:|x25519:|ClientAuthV3=)[A-Za-z0-9+/=]{20,}", RegexOptions.CultureInvariant)]
    private static partial Regex Keys();
}

/// <summary>Hands each record of a log on as one text.</summary>
internal sealed class TextLogger(LogLevel least, Action<LogLevel, string> write) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) write(logLevel, formatter(state, exception) + (exception is null ? "" : $" | {exception}"));
    }
}
