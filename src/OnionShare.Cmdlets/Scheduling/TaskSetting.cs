namespace OnionShare.Cmdlets.Scheduling;

/// <summary>The surroundings a task is to find: which engine, whose state folder, what may be written.</summary>
internal sealed record TaskSetting
{
    // What the engine reads of its environment, and what its runtime needs to be found. No secret is among them.
    private static readonly string[] Carried =
        [StatePaths.HomeVariable, "ONIONSHARE_TOR", "ONIONSHARE_TORRC_INCLUDE", "ONIONSHARE_LOG", "XDG_DATA_HOME", "DOTNET_ROOT"];

    /// <summary>The command that runs the engine, absolute paths; a verb is added to it.</summary>
    public required IReadOnlyList<string> Engine { get; init; }

    /// <summary>Variables a scheduler would not set by itself.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];
    public required string Home { get; init; }
    public required string StateFolder { get; init; }
    public required string Socket { get; init; }
    public string? LogFile { get; init; }
    public IReadOnlyList<string> Inboxes { get; init; } = [];

    /// <summary>Whether the state folder is not where it is without being told.</summary>
    public bool IsMoved => Environment.Any(variable => variable.Key == StatePaths.HomeVariable);

    /// <summary>Settings of a scheduler's that this machine can't give, and that are left out therefore.</summary>
    public IReadOnlyCollection<string> LeftOut { get; init; } = [];

    /// <summary>Whether the engine has to see everybody's temp folder: its socket or its state is there.</summary>
    public bool NeedsTemp => new[] { Socket, StateFolder }.Any(path => new[] { "/tmp", Path.GetTempPath() }.Any(temp => path.StartsWith(
        Path.TrimEndingDirectorySeparator(temp) + Path.DirectorySeparatorChar, StringComparison.Ordinal)));

    public static TaskSetting OfThisSession(EngineLaunch engine, IReadOnlyList<string> inboxes) => new()
    {
        Engine = engine.Command,
        Environment = [.. Carried.Select(Variable).OfType<KeyValuePair<string, string>>(), .. engine.Environment.Where(variable => variable.Value.Length > 0)],
        Home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile, System.Environment.SpecialFolderOption.DoNotVerify),
        StateFolder = StatePaths.StateFolder(),
        Socket = StatePaths.Socket(),
        LogFile = Variable("ONIONSHARE_LOG") is { Value: var log } ? Path.GetFullPath(log) : null,
        Inboxes = inboxes,
    };

    // A task starts elsewhere: what is relative here would mean another place there.
    private static KeyValuePair<string, string>? Variable(string name) =>
        System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? new(name, Path.GetFullPath(value)) : null;
}
