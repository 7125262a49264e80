using System.Formats.Tar;
using System.IO.Compression;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>
/// Unpacks a <c>.tar.gz</c> into a folder that it can't get out of. It takes files and folders only: the Tor Project's archives have nothing else, and
/// a link could lead anywhere. What it makes is the user's alone; of the modes in the archive only «may be run» counts.
/// </summary>
internal static class TorArchiveReader
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <param name="archive">The path of the archive.</param>
    /// <param name="folder">The folder, which is made.</param>
    /// <param name="terms">The limits.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InstallRefused"/>: it is damaged, or has what it must not have.</exception>
    public static async Task UnpackAsync(string archive, string folder, InstallTerms terms, CancellationToken cancellationToken)
    {
        PrivateFolder.Ensure(folder);
        try
        {
            await using var file = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read);
            await using var plain = new GZipStream(file, CompressionMode.Decompress);
            await using var tar = new TarReader(plain);
            var (entries, left) = (0, terms.LongestUnpacked);
            while (await tar.GetNextEntryAsync(cancellationToken: cancellationToken) is { } entry)
            {
                if (++entries > terms.MostEntries || (left -= entry.Length) < 0)
                    throw Refused("it is too large");
                if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
                    continue;
                var path = Place(folder, entry.Name);
                if (entry.EntryType is TarEntryType.Directory)
                    PrivateFolder.Ensure(path);
                else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                    await WriteAsync(entry, path, cancellationToken);
                else
                    throw Refused($"«{RemoteText.Show(entry.Name)}» in it is neither a file nor a folder");
            }

            if (entries == 0)
                throw Refused("it is empty");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw Refused("it is damaged", e);
        }
    }

    // The same on every platform: a name that is harmless here may not be so on Windows.
    private static string Place(string folder, string name)
    {
        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToList();
        if (name.StartsWith('/') || parts.Exists(part => part is ".." || part.AsSpan().IndexOfAny(":\\\0") >= 0 || part.EndsWith('.') || part.EndsWith(' ')))
            throw Refused($"«{RemoteText.Show(name)}» in it leads elsewhere");
        return Path.Combine([folder, .. parts]);
    }

    private static async Task WriteAsync(TarEntry entry, string path, CancellationToken cancellationToken)
    {
        PrivateFolder.Ensure(Path.GetDirectoryName(path)!);
        var mode = (entry.Mode & AnyExecute) != 0 ? UserOnlyFile.Mode | UnixFileMode.UserExecute : UserOnlyFile.Mode;
        var options = UserOnlyFile.Options(FileMode.CreateNew, permissions: mode);
        options.Options = FileOptions.Asynchronous;
        FileStream file;
        try
        {
            file = new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException && (File.Exists(path) || Directory.Exists(path)))
        {
            throw Refused($"«{RemoteText.Show(entry.Name)}» is in it twice", e);
        }

        await using (file)
        {
            if (entry.DataStream is { } data)
                await data.CopyToAsync(file, cancellationToken);
            file.Flush(flushToDisk: true);
        }
    }

    private static ProblemException Refused(string why, Exception? cause = null) => InstallProblem.Refused($"The archive can't be unpacked: {why}.", null, cause: cause);
}
