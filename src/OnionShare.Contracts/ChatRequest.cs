using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

public sealed record ChatRequest : ServiceRequest
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Chat;
}
