using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

public sealed record ChatRequest : ServiceRequest
{
    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Chat;
}
