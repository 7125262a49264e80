using System.Runtime.InteropServices;
using Knapcode.TorSharp;
using Knapcode.TorSharp.Tools;

namespace OnionShare.TorSharp;

/// <summary>TorSharp's settings for this platform: tor only, no Privoxy.</summary>
internal static class Settings
{
    /// <summary>The settings.</summary>
    /// <param name="folder">Where the archive is, and what was unpacked.</param>
    public static TorSharpSettings For(string folder)
    {
        var settings = new TorSharpSettings
        {
            ZippedToolsDirectory = folder,
            ExtractedToolsDirectory = folder,

            // It knows Windows and Linux on x86 and x64. What it does for Linux is right for macOS too, once it fetches another file; for another processor as well.
            OSPlatform = OperatingSystem.IsWindows() ? TorSharpOSPlatform.Windows : TorSharpOSPlatform.Linux,
            Architecture = RuntimeInformation.ProcessArchitecture == Architecture.X86 ? TorSharpArchitecture.X86 : TorSharpArchitecture.X64,
            TorFilePatternResolver = (_, _) => Pattern(),

            // Its other one opens a desktop for each program.
            ToolRunnerType = ToolRunnerType.Simple,
            WriteToConsole = false,

            // Would block a thread; the engine waits itself.
            WaitForConnect = TimeSpan.Zero,
            EnableSecurityProtocolsForFetcher = false,
        };
        settings.PrivoxySettings.Disable = true;
        return settings;
    }

    // Null is TorSharp's own pattern. Windows on ARM runs the programs of x64.
    private static FileNamePatternAndFormat? Pattern()
    {
        var processor = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.Arm64 => "aarch64",
            Architecture.X64 => "x86_64",
            var other => other.ToString().ToLowerInvariant(),
        };
        var system = OperatingSystem.IsMacOS() ? "macos" : OperatingSystem.IsLinux() && processor is not ("x86_64" or "x86") ? "linux" : null;
        return system is null
            ? null
            : new FileNamePatternAndFormat($@"tor-expert-bundle-{system}-{processor}-(?<Version>[\d\.]+)\.tar\.gz$", ZippedToolFormat.TarGz);
    }
}
