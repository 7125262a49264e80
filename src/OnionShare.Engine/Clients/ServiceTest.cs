using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Diagnosis;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Clients;

/// <summary>
/// Visits a service of one's own as a visitor would, and tells of each step: its descriptor is fetched from the directories, a circuit of its own goes out and
/// comes back, the password is asked for and taken, the page comes, and the first bytes of the download. Nothing of it is counted (<see cref="OwnVisits"/>).
/// </summary>
internal sealed class ServiceTest : IDisposable
{
    private const int FirstBytes = 64 << 10;
    private const int LargestPage = 4 << 20;
    private static readonly TimeSpan CircuitLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Service _service;
    private readonly ServiceStatus _status;
    private readonly TorHost _tor;
    private readonly TimeProvider _time;
    private readonly Visit _visit;
    private readonly OwnVisit _own;
    private readonly string _isolation = RandomNumberGenerator.GetHexString(32); // shared with nobody: the circuit is fresh
    private Stream? _first;
    private long _since;

    /// <summary>Prepares the visit; connects to nothing.</summary>
    /// <exception cref="ProblemException">The service is not there to be visited, or the client key is none.</exception>
    public ServiceTest(Service service, string? clientKey, TorHost tor, TimeProvider time)
    {
        (_service, _status, _tor, _time) = (service, service.Status, tor, time);
        if (_status.State is not (ServiceState.Running or ServiceState.Disconnected) || _status.Address is not { } host)
        {
            throw new ProblemException(new Problem(
                _status.State.IsEnded() ? ProblemCodes.ServiceEnded : ProblemCodes.NotPublished,
                $"'{_status.Name}' can't be visited: it is {_status.State}.",
                _status.State.IsEnded() ? "Start it again." : "Wait for it with Wait-OnionService -State Running.", _status.Name)
            { Status = StatusCodes.Status409Conflict });
        }

        _visit = new Visit(new RemoteListRequest { Url = ServiceUrl.Of(host, _status.Password), LocalOnly = _status.LocalOnly, ClientKey = clientKey }, tor);
        _own = service.Context.OwnVisits.Begin();
    }

    /// <summary>Takes all steps, each as soon as the one before is done. What fails is a result; what can't be looked at then is skipped.</summary>
    public async IAsyncEnumerable<TorCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string Name, Func<CancellationToken, Task<(CheckOutcome Outcome, bool GoesOn)>> Work)[] steps =
        [
            ("descriptor", DescriptorAsync), ("circuit", CircuitAsync), ("password", PasswordAsync), ("page", PageAsync), ("download", DownloadAsync),
        ];
        string? stopped = null;
        foreach (var (name, work) in steps)
        {
            _since = _time.GetTimestamp();
            var (outcome, goesOn) = stopped is null
                ? await TryAsync(work, cancellationToken)
                : (CheckOutcome.Skipped($"Not looked at, because the step before ({stopped}) was not passed."), false);
            yield return outcome.As(name, _time.GetElapsedTime(_since));
            if (!goesOn) stopped ??= name;
        }
    }

    public void Dispose()
    {
        _own.Dispose();
        _first?.Dispose();
        _visit.Dispose();
    }

    private async Task<(CheckOutcome Outcome, bool GoesOn)> TryAsync(Func<CancellationToken, Task<(CheckOutcome, bool)>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested
            && failure is HttpRequestException or IOException or OperationCanceledException or ProblemException or ControlException)
        {
            var problem = (failure as ProblemException ?? failure.InnerException as ProblemException)?.Problem;
            var why = failure is OperationCanceledException ? "no answer came in time" : RemoteText.Show((_visit.Trouble ?? failure.Message).TrimEnd('.'), 300);
            return (problem is not null ? CheckOutcome.Failed(problem) : CheckOutcome.Failed($"The connection broke: {why}.", Again), false);
        }
    }

    private async Task<(CheckOutcome, bool)> DescriptorAsync(CancellationToken cancellationToken)
    {
        if (_status.LocalOnly) return (CheckOutcome.Skipped("The service is on this computer only: no descriptor tells of it."), true);
        if (_tor.Status.State != TorState.Connected || _tor.Present is not { } session)
            return (CheckOutcome.Failed("tor is not connected to the Tor network, so nobody reaches the service.", "Test-OnionTor says why."), false);
        // Fetched before, an encrypted one would be in the way of the circuit, which tells more of it: that it was found, and whom it lets in.
        if (_status.RequireClientKey) return (CheckOutcome.Skipped("Only who has a client key can read the descriptor: it is looked at with the circuit."), true);
        using var limit = Limit(cancellationToken);
        string? reason;
        try
        {
            reason = await DescriptorFetch.RunAsync(session.Control, _status.Address![..OnionAddress.Length], limit.Token);
        }
        catch (ControlRefusedException)
        {
            return (CheckOutcome.Skipped("What is in front of tor's control port does not let a descriptor be fetched."), true);
        }

        return reason switch
        {
            null => (CheckOutcome.Passed($"A directory of the Tor network has the descriptor; it came after {Elapsed}."), true),
            DescriptorFetch.NoneLeft => (CheckOutcome.Skipped("tor has asked all directories for the descriptor within the last minutes, and asks none twice so soon."), true),
            _ => (CheckOutcome.Failed(
                $"No directory that was asked gives the descriptor ({RemoteText.Show(reason, 40)}).",
                "After a start it takes up to a minute until all have it: try again. If it stays so, Test-OnionTor looks at this tor and at the clock."), false),
        };
    }

    private async Task<(CheckOutcome, bool)> CircuitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CircuitLimit);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _first = await _visit.ConnectAsync(_isolation, limit.Token);
                var again = attempt == 1 ? "" : $", at attempt {attempt}";
                return (CheckOutcome.Passed(_status.LocalOnly
                    ? $"The service listens at port {_visit.Address.Port} of this computer."
                    : $"A fresh circuit reaches the service; it was there after {Elapsed}{again}."), true);
            }
            catch (IOException) when (_visit.WantsKey)
            {
                return (_visit.HasKey
                    ? CheckOutcome.Failed("The service does not take this client key.", "Get-OnionService shows whom it lets in (Clients); grant a key with Grant-OnionAccess.")
                    : CheckOutcome.Passed("The service asks for a client key, as it is to; who has none comes no further.", "With -ClientKey the rest is looked at, too."), false);
            }
            catch (Exception broken) when (broken is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                if (!_status.LocalOnly && !limit.IsCancellationRequested)
                {
                    await Task.Delay(Pause, _time, limit.Token);
                    continue;
                }

                var why = RemoteText.Show((_visit.Trouble ?? (broken is OperationCanceledException ? "no answer came in time" : broken.Message)).TrimEnd('.'), 300);
                return (CheckOutcome.Failed($"The service was not reached: {why}.", _status.LocalOnly ? Restart : "Visitors have the same trouble. Test-OnionTor looks at tor; a firewall on this computer may keep tor from it."), false);
            }
        }
    }

    private async Task<(CheckOutcome, bool)> PasswordAsync(CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        if (_status.Password is not null)
        {
            using var stranger = new Circuit(_visit.Address with { Authorization = null }, ConnectAsync);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_visit.Address.Root, ServiceIndex.Route));
            using var answer = await stranger.Http.SendAsync(request, limit.Token);
            if (answer.StatusCode != HttpStatusCode.Unauthorized)
                return (CheckOutcome.Failed($"Without a password the answer is {(int)answer.StatusCode}, not a question for it.", NotThis), false);
        }

        using var guest = new Circuit(_visit.Address, ConnectAsync);
        using var let = await guest.SendAsync(HttpMethod.Get, ServiceIndex.Route, Mark, limit.Token);
        if (!_own.IsSeen) return (CheckOutcome.Failed("What answers is not this service, although it has its address.", NotThis), false);
        return (CheckOutcome.Passed(_status.Password is null ? "Everybody is let in: no password is asked for." : "The password is asked for, and the right one is taken."), true);
    }

    private async Task<(CheckOutcome, bool)> PageAsync(CancellationToken cancellationToken)
    {
        using var limit = Limit(cancellationToken);
        using var circuit = new Circuit(_visit.Address, ConnectAsync);
        using var response = await circuit.SendAsync(HttpMethod.Get, "/", Mark, limit.Token);
        if (!response.IsSuccessStatusCode) return (Refused(response.StatusCode), true);
        var page = await Body.ReadAsync(response, LargestPage, limit.Token);
        return (CheckOutcome.Passed($"The page came, {ByteSize.Show(page.Length)}, after {Elapsed}."), true);
    }

    private async Task<(CheckOutcome, bool)> DownloadAsync(CancellationToken cancellationToken)
    {
        if (_status.Mode != ServiceMode.Share) return (CheckOutcome.Skipped($"A {_status.Mode.ToString().ToLowerInvariant()} service has no download of the whole."), true);
        using var limit = Limit(cancellationToken);
        using var circuit = new Circuit(_visit.Address, ConnectAsync);
        using var response = await circuit.SendAsync(HttpMethod.Get, "/download", Partly, limit.Token);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable) return (CheckOutcome.Passed("The download is empty, as the file is."), true);
        if (!response.IsSuccessStatusCode) return (Refused(response.StatusCode), true);
        await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
        var bytes = await body.ReadAtLeastAsync(new byte[FirstBytes], FirstBytes, throwOnEndOfStream: false, limit.Token);
        return (CheckOutcome.Passed($"The first {ByteSize.Show(bytes)} of the download came after {Elapsed}."), true);
    }

    // The first request goes over the connection that the circuit was judged by.
    private async ValueTask<Stream> ConnectAsync(string isolation, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _first, null) ?? await _visit.ConnectAsync(_isolation, cancellationToken);

    private void Mark(HttpRequestMessage request) => request.Headers.Add(OwnVisits.Header, _own.Word);

    private void Partly(HttpRequestMessage request)
    {
        Mark(request);
        request.Headers.Range = new RangeHeaderValue(0, FirstBytes - 1);
    }

    private CheckOutcome Refused(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Conflict => CheckOutcome.Failed("A shared file is not what it was at the start, so the download can't be had.", "Put it back; or stop the share and start it again. The warnings of Get-OnionService name it."),
        HttpStatusCode.ServiceUnavailable => CheckOutcome.Warning("The service lets nobody begin: it is about to stop, or has too much to do.", "See its state and its warnings (Get-OnionService | Format-List)."),
        HttpStatusCode.NotFound => CheckOutcome.Warning("There is no page here: visitors see «not found».", "Put an index.html into the folder."),
        _ => CheckOutcome.Failed($"The service answered with status {(int)status}.", Restart),
    };

    private string Elapsed => FormattableString.Invariant($"{_time.GetElapsedTime(_since).TotalSeconds:0.0} s");

    private static CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        return limit;
    }

    private const string Again = "Try again; if it breaks again, Test-OnionTor looks at tor, and Get-OnionService at the service.";
    private const string Restart = "Stop the service and start it again.";
    private const string NotThis = "The same address may be published somewhere else, too, from a copy of the saved service: stop that one. Or another program has taken the port.";
}
