#:property PublishAot=false
// dotnet run packaging/Sbom.cs -- PACKAGE VERSION COMPONENTS OUT
// The software bill of materials of the package, CycloneDX 1.6 in JSON (ECMA-424). COMPONENTS has a line «id version folder» for each NuGet package
// whose files are in it, with the folder the package was restored to.
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

var (package, version, list, output) = (args[0], args[1], args[2], args[3]);
var components = new JsonArray();
var references = new JsonArray();
foreach (var line in File.ReadLines(list).Where(line => line.Length > 0).Distinct().Order(StringComparer.Ordinal))
{
    var (id, number, folder) = line.Split(' ', 3) is [var first, var second, var third] ? (first, second, third) : throw new InvalidDataException(line);
    var reference = $"pkg:nuget/{id}@{number}";
    var nuspec = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single()).Root!.Elements().First();
    string? Of(string name) => nuspec.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
    var nupkg = Directory.EnumerateFiles(folder, "*.nupkg").Single();
    components.Add(new JsonObject
    {
        ["type"] = id.StartsWith("Microsoft.AspNetCore.App.Runtime.", StringComparison.Ordinal) ? "framework" : "library",
        ["bom-ref"] = reference,
        ["name"] = id,
        ["version"] = number,
        ["publisher"] = Of("authors"),
        ["hashes"] = Hashes(nupkg),
        ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = Of("license") ?? throw new InvalidDataException($"{id} names no license.") } }),
        ["purl"] = reference,
    });
    references.Add(reference);
}

var own = $"pkg:nuget/OnionShare@{version}";
var digest = SHA256.HashData(File.ReadAllBytes(package));
var bom = new JsonObject
{
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.6",
    // Of the package's bytes: the same package has the same bill.
    ["serialNumber"] = $"urn:uuid:{new Guid(digest.AsSpan(0, 16))}",
    ["version"] = 1,
    ["metadata"] = new JsonObject
    {
        ["component"] = new JsonObject
        {
            ["type"] = "application",
            ["bom-ref"] = own,
            ["name"] = "OnionShare",
            ["version"] = version,
            ["hashes"] = Hashes(package),
            ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = "MIT" } }),
            ["purl"] = own,
        },
    },
    ["components"] = components,
    ["dependencies"] = new JsonArray(new JsonObject { ["ref"] = own, ["dependsOn"] = references }),
};
File.WriteAllText(output, bom.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");

static JsonArray Hashes(string file) =>
    new(new JsonObject { ["alg"] = "SHA-256", ["content"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))) });
