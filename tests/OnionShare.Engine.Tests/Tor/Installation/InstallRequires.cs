using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Installation;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>What the tests of installing tor need (see <see cref="Requires"/>).</summary>
internal static class InstallRequires
{
    /// <summary>gpg, with its agent, and gpgv.</summary>
    public static OpenPgpPrograms Gpg()
    {
        var found = OpenPgpPrograms.OfThisMachine();
        var agent = TorPlaces.OnPath(Environment.GetEnvironmentVariable("PATH"), OperatingSystem.IsWindows() ? "gpg-agent.exe" : "gpg-agent").Any(File.Exists);
        return Requires.Found(found is { Gpg: not null, Gpgv: not null } && agent ? found : null, "gpg", "apt install gpg gpg-agent gpgv");
    }

    /// <summary>The adapter on TorSharp, which the engine's build puts beside it where its packages can be restored.</summary>
    public static ITorAdapter TorSharp()
    {
        // The last two folders are the configuration and the framework, in the engine's own bin as here.
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var engine = Path.Combine(here.FullName, "../../../../../src/OnionShare.Engine/bin", here.Parent!.Name, here.Name);
        return Requires.Found(TorSharpAssembly.Load(Path.GetFullPath(engine)), "torsharp", "it is built where the package Knapcode.TorSharp can be restored");
    }

    /// <summary>A tor program's bytes.</summary>
    public static byte[] Tor() => File.ReadAllBytes(Requires.Tor().Tor);
}
