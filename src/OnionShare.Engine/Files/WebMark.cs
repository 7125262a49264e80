namespace OnionShare.Engine.Files;

/// <summary>The Mark of the Web (MS-FSCC, Zone.Identifier stream): Windows then warns before it runs what a stranger sent.</summary>
internal static class WebMark
{
    public static void Put(string path)
    {
        if (!OperatingSystem.IsWindows()) return;
        try
        {
            File.WriteAllText(path + ":Zone.Identifier", "[ZoneTransfer]\r\nZoneId=3\r\n");
        }
        catch (Exception noStreams) when (noStreams is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            // FAT and some network drives have no streams; nothing can be marked there.
        }
    }
}
