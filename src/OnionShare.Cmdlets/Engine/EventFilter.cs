namespace OnionShare.Cmdlets.Engine;

/// <param name="Services">Names with wildcards, or ids; none means all.</param>
/// <param name="Types">The types; none means all but progress, and for chosen services also without tor's.</param>
internal sealed record EventFilter(IReadOnlyList<string> Services, IReadOnlyList<OnionEventType> Types)
{
    public bool Wants(OnionEventType type) => Types.Count > 0
        ? Types.Contains(type)
        : type != OnionEventType.Progress && (type != OnionEventType.Tor || Services.Count == 0);

    public bool Wants(string id, string name) => Services.Count == 0 || Services.Any(wanted => id == wanted || NamePattern.Fits(name, wanted));

    public override string ToString()
    {
        var types = Enum.GetValues<OnionEventType>().Where(Wants);
        var services = Services.Count == 0 ? "all services" : string.Join(", ", Services.Select(name => RemoteText.Show(name, 40)));
        return $"{string.Join(", ", types)} of {services}";
    }
}
