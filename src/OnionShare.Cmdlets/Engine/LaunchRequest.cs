using System.Text.Json.Serialization.Metadata;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>What brings a service up: where the engine is asked for it, and with what.</summary>
internal sealed record LaunchRequest
{
    private LaunchRequest(string route, object body, JsonTypeInfo type) => (Route, Body, Type) = (route, body, type);

    public string Route { get; }

    public object Body { get; }

    public JsonTypeInfo Type { get; }

    /// <summary>A new service.</summary>
    public static LaunchRequest Of(ServiceRequest request) => new(Routes.Services, request, ContractsJson.Default.ServiceRequest);

    /// <summary>One that is saved on the disk.</summary>
    public static LaunchRequest Of(string name, RestoreRequest how) => new(Routes.Restore(name), how, ContractsJson.Default.RestoreRequest);

    /// <summary>One whose record a vault keeps.</summary>
    public static LaunchRequest Of(RestoreRecordRequest request) => new(Routes.RestoreRecord, request, ContractsJson.Default.RestoreRecordRequest);
}
