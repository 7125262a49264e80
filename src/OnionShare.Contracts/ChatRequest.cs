using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>Runs a chat room.</summary>
public sealed record ChatRequest : ServiceRequest
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Chat;
}
