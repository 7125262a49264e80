namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>The steps of a diagnosis, in their order (see <see cref="Contracts.TorCheck.Name"/>).</summary>
internal static class CheckNames
{
    public const string Executable = "executable", Version = "version", Control = "control", Clock = "clock", Bootstrap = "bootstrap",
        Descriptor = "descriptor", RoundTrip = "round-trip";

    public static readonly IReadOnlyList<string> All = [Executable, Version, Control, Clock, Bootstrap, Descriptor, RoundTrip];
}
