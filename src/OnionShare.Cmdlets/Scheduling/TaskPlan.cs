using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnionShare.Cmdlets.Scheduling;

/// <summary>What a task is to do and when. It is kept, as JSON, beside what the scheduler reads, so that nothing has to be guessed back.</summary>
internal sealed record TaskPlan
{
    public required string Name { get; init; }

    public required string Service { get; init; }

    public required OnionTaskAction Action { get; init; }

    public required OnionTaskTrigger Trigger { get; init; }

    /// <summary>The local time of day, for <see cref="OnionTaskTrigger.Daily"/> and <see cref="OnionTaskTrigger.Weekly"/>.</summary>
    public TimeOnly? At { get; init; }

    /// <summary>The days, in the order of the week, for <see cref="OnionTaskTrigger.Weekly"/>.</summary>
    public IReadOnlyList<DayOfWeek> DaysOfWeek { get; init; } = [];

    /// <summary>A sentence about it: its names are shown, not quoted for anything.</summary>
    [JsonIgnore]
    public string Description =>
        $"OnionShare: {(Action == OnionTaskAction.Start ? "starts" : "stops")} the saved service '{Service}' (task '{Name}')";

    /// <summary>The arguments of the engine that do it. The dashes keep a name that begins with one from being an option.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> EngineArguments => [Action == OnionTaskAction.Start ? "restore" : "stop", "--", Service];

    public string ToJson() => JsonSerializer.Serialize(this, TaskJson.Default.TaskPlan);

    /// <summary>Null for text that is no plan of ours.</summary>
    public static TaskPlan? FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TaskJson.Default.TaskPlan);
        }
        catch (JsonException)
        {
            // Somebody wrote over it: no task of ours any more.
            return null;
        }
    }

    public OnionScheduledTask ToTask(string scheduler, string id, bool enabled, IReadOnlyList<string> files) => new()
    {
        Name = Name,
        Service = Service,
        Does = Action,
        RunsAt = Trigger,
        At = At,
        Days = DaysOfWeek,
        Enabled = enabled,
        Scheduler = scheduler,
        Id = id,
        Files = new OnionTexts(files),
    };
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskPlan))]
internal sealed partial class TaskJson : JsonSerializerContext;
