using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tests.Storage;

/// <summary>The power went.</summary>
internal sealed class PowerCutException : Exception;

/// <summary>
/// A disk in memory whose power is cut before a chosen step. What was not flushed by then may or may not be there afterwards: <see cref="After"/>
/// gives every disk that may be found, with names changed in any combination, and contents empty, halved or whole.
/// </summary>
internal sealed class PowerCutDisk : IStoreDisk
{
    private readonly Dictionary<string, Inode> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Inode> _durableNames = new(StringComparer.Ordinal);
    private readonly List<(string Path, Inode? Inode)[]> _pending = [];

    /// <summary>Steps taken so far.</summary>
    public int Steps { get; private set; }

    /// <summary>The step before which the power goes; null for never.</summary>
    public int? CutBefore { get; set; }

    /// <summary>A disk that says it flushes contents, and does not.</summary>
    public bool Lies { get; init; }

    public IReadOnlyList<string> Names(string folder) =>
        [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == folder).Select(path => Path.GetFileName(path))];

    public byte[]? Read(string path) => _names.GetValueOrDefault(path)?.Content;

    public void MakeFolder(string path) => Step();

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        Step();
        if (_names.ContainsKey(path)) Rename((path, null));
        Step();
        var inode = new Inode();
        Rename((path, inode));
        Step();
        inode.Content = content[..(content.Length / 2)].ToArray();
        Step();
        inode.Content = content.ToArray();
        Step();
        if (!Lies) inode.Durable = inode.Content;
        Step();
    }

    public void Replace(string from, string to)
    {
        Step();
        Rename((from, null), (to, _names[from]));
        Step();
    }

    public void Delete(string path)
    {
        Step();
        if (_names.ContainsKey(path)) Rename((path, null));
        Step();
    }

    public void FlushFolder(string folder)
    {
        Step();
        _durableNames.Clear();
        foreach (var (path, inode) in _names) _durableNames.Add(path, inode);
        _pending.Clear();
        Step();
    }

    /// <summary>Every disk that may be found when the power is back.</summary>
    public IEnumerable<PowerCutDisk> After()
    {
        for (var subset = 0; subset < 1 << _pending.Count; subset++)
        {
            var names = new Dictionary<string, Inode>(_durableNames, StringComparer.Ordinal);
            for (var i = 0; i < _pending.Count; i++)
            {
                if ((subset & (1 << i)) == 0) continue;
                foreach (var (path, inode) in _pending[i])
                {
                    if (inode is null) names.Remove(path);
                    else names[path] = inode;
                }
            }

            for (var kept = 0; kept < 3; kept++)
            {
                var disk = new PowerCutDisk();
                foreach (var (path, inode) in names)
                {
                    var content = inode.Durable.Length == 0 && kept > 0 ? inode.Content[..(inode.Content.Length * kept / 2)] : inode.Durable;
                    disk._names[path] = disk._durableNames[path] = new Inode { Content = content, Durable = content };
                }

                yield return disk;
            }
        }
    }

    private void Rename(params (string Path, Inode? Inode)[] changes)
    {
        _pending.Add(changes);
        foreach (var (path, inode) in changes)
        {
            if (inode is null) _names.Remove(path);
            else _names[path] = inode;
        }
    }

    private void Step()
    {
        if (Steps++ == CutBefore) throw new PowerCutException();
    }

    private sealed class Inode
    {
        public byte[] Content { get; set; } = [];

        public byte[] Durable { get; set; } = [];
    }
}
