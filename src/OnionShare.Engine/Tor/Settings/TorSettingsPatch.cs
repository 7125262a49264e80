using System.Text.Json;
using System.Text.Json.Nodes;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>Changes settings as a JSON merge patch says (RFC 7396).</summary>
internal static class TorSettingsPatch
{
    // What GET gives out of its own: nobody can set it.
    private const string Given = "hasControlPassword";

    /// <summary>The settings with the changes, checked as a whole.</summary>
    /// <param name="settings">The present ones, secrets included.</param>
    /// <param name="patch">An object with some of their properties; null takes one back to its default, a list replaces the whole list.</param>
    /// <exception cref="ProblemException">
    /// <see cref="ProblemCodes.InvalidRequest"/>: it is no such object. <see cref="ProblemCodes.TorSettings"/>: a value can't be used.
    /// </exception>
    public static TorSettings Apply(TorSettings settings, JsonObject patch)
    {
        var merged = JsonSerializer.SerializeToNode(settings, ContractsJson.Default.TorSettings)!.AsObject();
        foreach (var (name, value) in patch)
        {
            if (name == Given)
                throw Refused($"'{Given}' is told, and can't be set.");
            if (!ContractsJson.Default.TorSettings.Properties.Any(property => property.Name == name))
                throw Refused($"There is no setting '{RemoteText.Show(name, 80)}'.");
            if (value is JsonArray list && list.Contains(null))
                throw TorSettingsCheck.Refused(name, "There is a null in the list.", "Take it out.");
            merged[name] = value?.DeepClone();
        }

        var changed = Read(merged);
        TorSettingsCheck.Check(changed);
        return changed;
    }

    private static TorSettings Read(JsonObject merged)
    {
        try
        {
            foreach (var unset in merged.Where(property => property.Value is null).Select(property => property.Key).ToArray())
                merged.Remove(unset);
            return merged.Deserialize(ContractsJson.Default.TorSettings)!;
        }
        catch (JsonException malformed)
        {
            // Its message names the property and never the value, which may be a secret.
            throw Refused($"The settings are not understood: {RemoteText.Show(malformed.Message)}");
        }
    }

    private static ProblemException Refused(string detail) =>
        new(ProblemCodes.InvalidRequest, detail, "Use a module and an engine of the same version.");
}
