#:property PublishAot=false
// dotnet run packaging/Reachable.cs -- FOLDER ASSEMBLY…
// Deletes from FOLDER the assemblies that none of the given ones refers to, whether itself or through others: of ASP.NET Core the engine needs
// little more than half. What is loaded by name only would be missed; tests/installed.sh exercises what the engine can do against the package.
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

var folder = args[0];
var reachable = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
var waiting = new Queue<string>(args[1..]);
while (waiting.TryDequeue(out var path))
{
    using var file = new PEReader(File.OpenRead(path));
    var metadata = file.GetMetadataReader();
    foreach (var reference in metadata.AssemblyReferences.Select(metadata.GetAssemblyReference))
    {
        var other = Path.Combine(folder, metadata.GetString(reference.Name) + ".dll");
        if (File.Exists(other) && reachable.Add(other)) waiting.Enqueue(other);
    }
}

foreach (var path in Directory.EnumerateFiles(folder, "*.dll").Where(path => !reachable.Contains(path)).ToList()) File.Delete(path);
