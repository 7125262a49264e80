namespace OnionShare.Engine.Tests;

/// <summary>The checkout that the tests run in.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OnionShare.PowerShell.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run below the repository.");
        return folder.FullName;
    }
}
