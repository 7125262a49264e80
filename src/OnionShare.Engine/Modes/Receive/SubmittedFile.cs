using OnionShare.Engine.Modes.Receive.Encryption;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>A file, or the message, of a <see cref="Submission"/>.</summary>
internal sealed class SubmittedFile((string Final, string Partial) names, bool isMessage, long? length, long least)
{
    public string Final { get; internal set; } = names.Final;

    /// <summary>What its sender calls it: its name when it is whole, unless that is hidden, because what comes in is encrypted. In memory only then.</summary>
    public string Shown
    {
        get => field ?? Final;
        init;
    }

    /// <summary>Its encryption; null before its first byte, or when nothing is encrypted.</summary>
    public Seal? Seal { get; internal set; }

    /// <summary>Its SHA-256 while it comes in; null before its first byte, or when nobody asks for it.</summary>
    public ContentDigest? Digest { get; internal set; }

    /// <summary>The SHA-256 of what arrived, once it is whole; null when that is not known.</summary>
    public byte[]? Sha256 { get; internal set; }

    /// <summary>Its name while it comes in.</summary>
    public string Partial { get; } = names.Partial;

    public bool IsMessage { get; } = isMessage;

    /// <summary>How long it will be, in bytes; null when that was not said.</summary>
    public long? Length { get; } = length;

    /// <summary>Whether it is whole and has its name.</summary>
    public bool IsWhole { get; internal set; }

    /// <summary>What it counts against the limits of the service at least, in bytes; 0 for one that an earlier run has counted.</summary>
    public long Least { get; } = least;

    /// <summary>What it counts now.</summary>
    public long Charged { get; internal set; } = least;

    /// <summary>Bytes of it that came while this service ran.</summary>
    public long Taken { get; internal set; }
}
