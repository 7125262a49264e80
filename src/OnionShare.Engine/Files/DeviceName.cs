namespace OnionShare.Engine.Files;

/// <summary>Names that Windows takes for a device, in any folder and with any extension (Naming Files, Paths, and Namespaces).</summary>
internal static class DeviceName
{
    private static readonly HashSet<string> Whole = new(StringComparer.OrdinalIgnoreCase) { "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$" };

    /// <summary>Whether it is one: <c>CON.txt</c> and <c>CON .txt</c> are the console as well, and the superscript digits count as digits.</summary>
    public static bool Is(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var stem = (dot < 0 ? name : name[..dot]).TrimEnd();
        return Whole.Contains(stem)
            || (stem.Length == 4 && "0123456789¹²³".Contains(stem[3])
                && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase)));
    }
}
