using System.Text.Json;
using System.Text.Json.Nodes;

namespace OnionShare.Cmdlets.Engine;

/// <summary>
/// What is to be changed of tor's settings, as a JSON merge patch (RFC 7396): the named properties of a <see cref="TorSettings"/> and no
/// others. One that has no value is taken back to its default.
/// </summary>
/// <param name="Values">The values of the properties that are named.</param>
/// <param name="Properties">Names of properties of <see cref="TorSettings"/>.</param>
internal sealed record TorSettingsPatch(TorSettings Values, IReadOnlySet<string> Properties)
{
    public JsonObject ToJson()
    {
        var all = JsonSerializer.SerializeToNode(Values, ContractsJson.Default.TorSettings)!.AsObject();
        var patch = new JsonObject();
        foreach (var name in Properties.Select(JsonNamingPolicy.CamelCase.ConvertName)) patch[name] = all[name]?.DeepClone();
        return patch;
    }
}
