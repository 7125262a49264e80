namespace OnionShare.Engine.Storage;

/// <summary>The log an operator may ask for: one line a record, in a file only this user can read. Without it nothing is logged.</summary>
public sealed class LogFile : ILoggerProvider
{
    public const string Variable = "ONIONSHARE_LOG";

    private const int LongestLine = 4000;

    private readonly StreamWriter _writer;
    private readonly Lock _lock = new();

    private LogFile(string path)
    {
        _writer = new StreamWriter(path, UserOnlyFile.Options(FileMode.Append, share: FileShare.ReadWrite)) { AutoFlush = true };
    }

    /// <summary>A factory that logs to memory, and to the file if there is one.</summary>
    /// <exception cref="ProblemException">The file can't be written.</exception>
    public static ILoggerFactory CreateFactory(string? path, LogRing ring)
    {
        // The web servers see every request of every visitor: only what goes wrong in them is a matter for a log.
        void Basic(ILoggingBuilder logging) => logging.AddProvider(ring).SetMinimumLevel(LogLevel.Debug).AddFilter("Microsoft", LogLevel.Warning);
        if (path is null) return LoggerFactory.Create(Basic);
        try
        {
            var file = new LogFile(path);
            return LoggerFactory.Create(logging =>
            {
                Basic(logging);
                logging.AddProvider(file);
            });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"The log '{RemoteText.Show(path)}' can't be written: {failure.Message}",
                "Name a file in a folder that exists and that you may write to.", path, cause: failure);
        }
    }

    public ILogger CreateLogger(string categoryName) => new TextLogger(LogLevel.Information, (level, text) =>
        Write($"{DateTimeOffset.UtcNow:O} {level} {categoryName}: {RemoteText.Show(text, LongestLine)}"));

    public void Dispose() => _writer.Dispose();

    private void Write(string line)
    {
        lock (_lock) _writer.WriteLine(line);
    }
}
