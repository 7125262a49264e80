using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnionShare.Engine.Tor.Circumvention;

/// <summary>What the circumvention service is asked (rdsys, doc/moat.md).</summary>
/// <param name="Country">Two letters; null to let it guess.</param>
/// <param name="Transports">Only these; null for all.</param>
internal sealed record CircumventionQuestion(string? Country = null, IReadOnlyList<string>? Transports = null);

/// <summary>What it answers to <c>settings</c> and <c>defaults</c>.</summary>
internal sealed record CircumventionAnswer
{
    /// <summary>The ways it recommends, the best first; none where Tor works without.</summary>
    public IReadOnlyList<CircumventionSetting?>? Settings { get; init; }
    public string? Country { get; init; }
    public IReadOnlyList<CircumventionError?>? Errors { get; init; }
}

internal sealed record CircumventionSetting(CircumventionBridges? Bridges);

/// <param name="Type">The transport.</param>
/// <param name="Source"><c>builtin</c> for those everybody has, <c>bridgedb</c> for those that are for this one who asks.</param>
/// <param name="BridgeStrings">The lines; may be left out of a built-in set.</param>
internal sealed record CircumventionBridges(string? Type, string? Source, IReadOnlyList<string?>? BridgeStrings);

/// <summary>An error it answers with, whatever the HTTP status is.</summary>
/// <param name="Code">400 (not understood), 404 (no such transport for the country), 406 (country not known).</param>
/// <param name="Detail">A sentence.</param>
internal sealed record CircumventionError(int Code, string? Detail);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 16)]
[JsonSerializable(typeof(CircumventionQuestion))]
[JsonSerializable(typeof(CircumventionAnswer))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, IReadOnlyList<string?>?>))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class CircumventionJson : JsonSerializerContext;
