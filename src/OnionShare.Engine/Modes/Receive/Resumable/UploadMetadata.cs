using System.Text;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>The header <c>Upload-Metadata</c> (tus 1.0, Creation extension): keys with base64 values.</summary>
internal static class UploadMetadata
{
    // A visitor's words, kept as long as the upload is.
    private const int MostKept = 1024;

    /// <summary>What is kept of it, to be given back: as many whole pairs, from the first on, as fit into 1 KiB.</summary>
    public static string? Kept(string? header)
    {
        if (string.IsNullOrWhiteSpace(header)) return null;
        var end = header.Length;
        while (end > MostKept) end = header.LastIndexOf(',', end - 1);
        return end > 0 ? header[..end] : null;
    }

    /// <summary>Reads it; false if it is malformed.</summary>
    public static bool TryRead(string? header, out Dictionary<string, string> values)
    {
        values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (string.IsNullOrWhiteSpace(header)) return true;
        foreach (var pair in header.Split(','))
        {
            var parts = pair.Trim().Split(' ', 2);
            var bytes = new byte[pair.Length];
            var length = 0;
            if (parts[0].Length == 0 || (parts.Length == 2 && !Convert.TryFromBase64String(parts[1], bytes, out length))) return false;
            if (!values.TryAdd(parts[0], Encoding.UTF8.GetString(bytes, 0, length))) return false;
        }

        return true;
    }
}
