namespace OnionShare.Contracts;

/// <summary>Everything that is kept of a service, handed out for a vault of the operator's to keep. Secret.</summary>
public sealed record ServiceRecord
{
    /// <summary>The length of the longest document that is read.</summary>
    public const int MostCharacters = 4 << 20;

    /// <summary>
    /// The whole of it, in one line of ASCII without spaces or quotes; ends in a digest of itself, so that a damaged one is noticed. Secret.
    /// </summary>
    public required string Document { get; init; }

    /// <summary>What it says, without the secrets.</summary>
    public required SavedService Service { get; init; }
}

/// <summary>The body of <c>PUT /v1/services/{id}/vault</c>: where a service is kept.</summary>
public sealed record VaultRequest
{
    public required string Vault { get; init; }
}

/// <summary>The body of <c>POST /v1/services/{id}/record/update</c>.</summary>
public sealed record UpdateRecordRequest
{
    /// <summary>The document that was kept so far. Secret.</summary>
    public required string Document { get; init; }

    /// <summary>Take over the stop time, too; without it that of the document stays, as what holds for this run only need not hold for the next.</summary>
    public bool StopTime { get; init; }
}

/// <summary>The body of <c>POST /v1/records</c>.</summary>
public record RecordRequest
{
    /// <summary>The document of a <see cref="ServiceRecord"/>. Secret.</summary>
    public required string Document { get; init; }

    /// <summary>The name of the vault it was taken from; null for none.</summary>
    public string? Vault { get; init; }
}

/// <summary>The body of <c>POST /v1/records/restore</c>.</summary>
public sealed record RestoreRecordRequest : RecordRequest
{
    public required RestoreRequest How { get; init; }
}

/// <summary>The body of <c>POST /v1/records/grant</c>: lets a visitor in, from the next start on.</summary>
public sealed record GrantRecordRequest : RecordRequest
{
    public required GrantRequest Grant { get; init; }
}

/// <summary>A record with one more client key, and that key.</summary>
public sealed record GrantedRecord
{
    /// <summary>The record to keep instead of the old one.</summary>
    public required ServiceRecord Record { get; init; }

    /// <summary>The key; its secret forms are told this once.</summary>
    public required ClientAccess Access { get; init; }
}

/// <summary>The body of <c>POST /v1/records/revoke</c>: locks a visitor out, from the next start on.</summary>
public sealed record RevokeRecordRequest : RecordRequest
{
    public required string Client { get; init; }
}

/// <summary>The body of <c>POST /v1/records/export</c>.</summary>
public sealed record ExportRecordRequest : RecordRequest
{
    public required ExportRequest Export { get; init; }
}
