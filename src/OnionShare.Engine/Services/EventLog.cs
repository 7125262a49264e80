using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Services;

/// <summary>Writes into the log in memory what services and tor come to. Transfers are not in it: who fetched what is no matter of diagnosis.</summary>
internal sealed class EventLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServiceState> _services = [];
    private readonly LogRing _log;
    private (TorState, int, Problem?) _tor;

    public EventLog(EventHub events, LogRing log)
    {
        _log = log;
        events.Published += Take;
    }

    private void Take(EngineEvent happened)
    {
        switch (happened)
        {
            case ServiceChanged { Service: var service } when IsNew(service):
                Add(service.State is ServiceState.Failed or ServiceState.Disconnected, "Service", EventWords.Of(service));
                break;
            case ServiceWarned warned:
                Add(isBad: true, "Service", EventWords.Of(warned));
                break;
            case TorChanged { Tor: var tor } when IsNew(tor):
                Add(tor.State is TorState.Lost or TorState.Failed, "Tor", EventWords.Of(tor) + (tor.State == TorState.Bootstrapping ? $": {tor.BootstrapSummary}" : ""));
                break;
        }
    }

    private bool IsNew(ServiceStatus service)
    {
        lock (_lock)
        {
            var isNew = !_services.TryGetValue(service.Id, out var known) || known != service.State;
            if (service.State.IsEnded()) _services.Remove(service.Id);
            else _services[service.Id] = service.State;
            return isNew;
        }
    }

    private bool IsNew(TorStatus tor)
    {
        lock (_lock)
        {
            var now = (tor.State, tor.BootstrapPercent, tor.Error);
            if (now == _tor) return false;
            _tor = now;
            return true;
        }
    }

    private void Add(bool isBad, string source, string text) => _log.Add(isBad ? LogImportance.Warning : LogImportance.Information, source, text);
}
