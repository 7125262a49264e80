using System.Collections.Concurrent;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Share;

/// <summary>
/// The shared files that were found to be no longer what they were. Whoever shares is told of each once, however many visitors come upon it, and
/// visitors are told before they fetch the same bytes again for nothing.
/// </summary>
internal sealed class ChangedFiles(SharedTree tree, ServiceContext service)
{
    private readonly ConcurrentDictionary<SharedEntry, bool> _found = new();

    public void Add(string download, Exception cause)
    {
        var entry = (cause as ContentChangedException)?.Path is { } path
            ? tree.Root.Descendants().FirstOrDefault(entry => !entry.IsFolder && string.Equals(entry.FullPath, path, StringComparison.Ordinal))
            : null;
        if (entry is not null && !_found.TryAdd(entry, true)) return;
        service.Warn($"A download of {RemoteText.Show(download)} failed: {RemoteText.Show(cause.Message, 600)}");
    }

    /// <summary>The first file that is still changed; null when all are as they were. What was put back is offered again.</summary>
    public SharedEntry? First()
    {
        foreach (var entry in _found.Keys.OrderBy(static entry => entry.RelativePath, NaturalOrder.Instance))
        {
            if (IsChanged(entry)) return entry;
            _found.TryRemove(entry, out _);
        }

        return null;
    }

    private bool IsChanged(SharedEntry entry)
    {
        try
        {
            tree.Roots.OpenAsSeen(entry.FullPath, entry.Stat).Dispose();
            return false;
        }
        catch (ContentChangedException)
        {
            return true;
        }
    }
}
