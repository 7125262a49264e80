using System.Reflection;
using System.Runtime.Loader;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>Loads the adapter on TorSharp: <c>torsharp/OnionShare.TorSharp.dll</c>, built only where its packages could be restored.</summary>
internal static class TorSharpAssembly
{
    private const string Name = "OnionShare.TorSharp";

    /// <summary>The adapter; null when it was not built.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InstallFailed"/>: it is there, but no good.</exception>
    public static ITorAdapter? Load(string folder)
    {
        var path = Path.Combine(folder, "torsharp", Name + ".dll");
        if (!File.Exists(path))
            return null;
        try
        {
            var type = new Context(path).LoadFromAssemblyPath(path).GetType(Name + ".TorSharpAdapter", throwOnError: true)!;
            return (ITorAdapter)Activator.CreateInstance(type)!;
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or MissingMethodException or TargetInvocationException
            or InvalidCastException)
        {
            throw new ProblemException(
                new Problem(
                    ProblemCodes.InstallFailed, $"The file that loads TorSharp, {path}, can't be used: {e.Message}",
                    "Install the module again: it is not of the same version as the engine, or damaged.", path)
                { Status = 500 },
                e);
        }
    }

    // What TorSharp needs lies beside the adapter, where the engine's own libraries do not come in its way; the engine itself is the one that runs,
    // whichever context it was loaded in.
    private sealed class Context(string path) : AssemblyLoadContext("TorSharp")
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);
        private readonly AssemblyLoadContext _engine = GetLoadContext(typeof(Context).Assembly)!;

        protected override Assembly? Load(AssemblyName assemblyName) => _resolver.ResolveAssemblyToPath(assemblyName) is { } found
            ? LoadFromAssemblyPath(found)
            : _engine.LoadFromAssemblyName(assemblyName);
    }
}
