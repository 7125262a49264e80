namespace OnionShare.Contracts;

/// <summary>The body of <c>POST /v1/services/{id}/test</c>.</summary>
public sealed record ServiceTestRequest
{
    /// <summary>A client key that was granted, for a service that asks for one: 52 characters of base32. Secret.</summary>
    public string? ClientKey { get; init; }
}
