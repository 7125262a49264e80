using ICSharpCode.SharpZipLib.Zip;

namespace OnionShare.Engine.Tests.Archive;

/// <summary>What SharpZipLib, the strictest of the readers, has to say against an archive.</summary>
internal static class SharpZipFaults
{
    public static string Of(ZipFile zip, bool testData)
    {
        var faults = new List<string>();
        var isGood = zip.TestArchive(testData, TestStrategy.FindAllErrors, (status, message) =>
        {
            if (message is { Length: > 0 }) faults.Add($"{status.Entry?.Name}: {message}");
        });
        return isGood ? "" : "bad archive\n" + string.Join('\n', faults);
    }
}
