using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>
/// Services under random commands, against a small model of what their state may say and what must be on the disk. CsCheck shrinks what fails and
/// tells its seed; ONIONSHARE_MODEL_ITERATIONS makes more of them.
/// </summary>
public sealed class ServiceLifeModelTests
{
    private static readonly string[] Names = ["anna", "boris", "clara"];
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(61);

    /// <summary>How many random runs there are.</summary>
    internal static int Iterations { get; } = int.TryParse(Environment.GetEnvironmentVariable("ONIONSHARE_MODEL_ITERATIONS"), out var told) ? told : 25;

    private static readonly Gen<Command> Commands = Gen.Select(
        Gen.Frequency((8, Do.Start), (3, Do.Stop), (2, Do.ForceStop), (3, Do.LoseTor), (3, Do.RegainTor), (2, Do.FillDisk), (2, Do.FreeDisk), (2, Do.KillEngine), (2, Do.EndEngine), (3, Do.Wait), (2, Do.SetClock)),
        Gen.OneOf(Names), Gen.Bool, Gen.Bool, Gen.Int[0, 3], Gen.Int[-300, 300],
        (what, name, isSaved, isLocal, hours, minutes) => new Command(what, name, isSaved, isLocal, hours, minutes));

    [Fact(Timeout = 600_000)]
    public Task State_and_disk_are_as_the_model_says_after_every_command() => Commands.Array[1, 30].SampleAsync(
        PlayAsync, iter: Iterations, threads: 1, print: commands => string.Join('\n', commands.Select(command => command.ToString())));

    private static async Task PlayAsync(Command[] commands)
    {
        var play = new Play();
        try
        {
            foreach (var command in commands) await play.RunAsync(command);
        }
        finally
        {
            await play.DisposeAsync();
        }
    }

    internal enum Do
    {
        Start,
        Stop,
        ForceStop,
        LoseTor,
        RegainTor,
        FillDisk,
        FreeDisk,
        KillEngine,
        EndEngine,
        Wait,
        SetClock,
    }

    /// <summary>A command; what of it does not belong to it means nothing.</summary>
    internal sealed record Command(Do What, string Name, bool IsSaved, bool IsLocal, int Hours, int Minutes);

    /// <summary>What the model knows of a service that is alive.</summary>
    private sealed record Alive(bool IsSaved, bool IsLocal, DateTimeOffset? StopsAt, long EndsAtTick, Service Service);

    private sealed class Play : IAsyncDisposable
    {
        private readonly Scratch _scratch = new();
        private readonly ManualTime _clock = new();
        private readonly Dictionary<string, Alive> _alive = [];
        private readonly Dictionary<string, DateTimeOffset?> _comesBack = []; // of those that come back with the next engine: when they stop
        private readonly HashSet<string> _saved = [];
        private FailingDisk _disk = new();
        private Workshop _work;
        private bool _isLost;

        public Play() => _work = new Workshop(_scratch.State, _clock, _disk);

        public async Task RunAsync(Command command)
        {
            switch (command.What)
            {
                case Do.Start when !_alive.ContainsKey(command.Name) && (command.IsLocal || !_isLost):
                    await StartAsync(command);
                    break;
                case Do.Stop or Do.ForceStop when _alive.Remove(command.Name, out var one):
                    one.Service.Stop(StopReason.Requested, command.What == Do.ForceStop);
                    await one.Service.Ended.WaitAsync(Until.Limit, Cancel);
                    Assert.Equal((ServiceState.Stopped, StopReason.Requested), (one.Service.Status.State, one.Service.Status.StopReason));
                    // That it is to stay down is remembered on a full disk, too.
                    if (one.IsSaved) _comesBack.Remove(command.Name);
                    break;
                case Do.LoseTor or Do.RegainTor:
                    _work.Tor.Lose(_isLost = command.What == Do.LoseTor);
                    break;
                case Do.FillDisk or Do.FreeDisk:
                    _disk.IsFull = command.What == Do.FillDisk;
                    break;
                case Do.KillEngine or Do.EndEngine:
                    await RestartAsync(isKilled: command.What == Do.KillEngine);
                    break;
                case Do.SetClock or Do.Wait:
                    if (command.What == Do.SetClock) _clock.Set(TimeSpan.FromMinutes(command.Minutes));
                    else _clock.Advance(TimeSpan.FromMinutes(Math.Abs(command.Minutes)));
                    _clock.Advance(Noticed);
                    break;
            }

            await CheckAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _work.DisposeAsync();
            _scratch.Dispose();
        }

        private async Task StartAsync(Command command)
        {
            TimeSpan? stopAfter = command.Hours == 0 ? null : TimeSpan.FromHours(command.Hours);
            var request = new ChatRequest { Name = command.Name, Save = command.IsSaved, LocalOnly = command.IsLocal, StopAfter = stopAfter };
            Service service;
            try
            {
                service = await _work.StartAsync(request);
            }
            catch (ProblemException refused)
            {
                // A name that is saved is restored, not started; and what can't be written is not said to be saved. Nothing runs then.
                Assert.True(command.IsSaved && (_saved.Contains(command.Name) || _disk.IsFull), refused.Problem.ToString());
                return;
            }

            Assert.False(command.IsSaved && (_saved.Contains(command.Name) || _disk.IsFull), "it says to be saved, and is not");
            var stopsAt = service.Status.StopsAt;
            Assert.Equal(stopAfter, stopsAt - _clock.GetUtcNow());
            _alive[command.Name] = new Alive(command.IsSaved, command.IsLocal, stopsAt, Ends(stopsAt), service);
            if (!command.IsSaved) return;
            _saved.Add(command.Name);
            _comesBack[command.Name] = stopsAt;
        }

        // A killed engine writes nothing more; one that is ended may. Either way comes back what ran, with what it had of its time.
        private async Task RestartAsync(bool isKilled)
        {
            var isFull = _disk.IsFull;
            if (isKilled) _disk.IsReadOnly = true;
            await _work.DisposeAsync();
            Assert.All(_alive.Values, one => Assert.Equal(ServiceState.Stopped, one.Service.Status.State));
            _alive.Clear();
            _isLost = false;
            _disk = new FailingDisk { IsFull = isFull };
            _work = new Workshop(_scratch.State, _clock, _disk);
            _work.Saved.Clean();
            await _work.Restorer.Resume();
            foreach (var name in _comesBack.Where(one => one.Value <= _clock.GetUtcNow()).Select(one => one.Key).ToList()) await GoneAsync(name);
            foreach (var (name, stopsAt) in _comesBack)
            {
                var service = Assert.Single(_work.Services.Alive, one => one.Context.Name == name);
                await _work.ReachedAsync(service);
                _alive[name] = new Alive(true, service.Status.LocalOnly, stopsAt, Ends(stopsAt), service);
            }
        }

        // Its time had come meanwhile: it does not come back, or ends at once, and then never again.
        private async Task GoneAsync(string name)
        {
            foreach (var service in _work.Services.Alive.Where(one => one.Context.Name == name)) await EndsAsync(service);
            if (!_work.Saved.Get(name).ComesBack) _comesBack.Remove(name);
        }

        // What a clock that was set says is noticed within a minute; and no clock makes a service run longer than it was told. Time goes on while one is
        // waited for, so that another's may come meanwhile.
        private async Task EndDueAsync()
        {
            while (_alive.FirstOrDefault(pair => IsDue(pair.Value)) is { Key: { } name, Value: var one })
            {
                await EndsAsync(one.Service);
                Assert.Equal(StopReason.TimeReached, one.Service.Status.StopReason);
                _alive.Remove(name);
                if (one.IsSaved) _comesBack.Remove(name);
            }
        }

        private bool IsDue(Alive one) => one.StopsAt is { } stopsAt && (_clock.GetTimestamp() >= one.EndsAtTick || _clock.GetUtcNow() >= stopsAt);

        private long Ends(DateTimeOffset? stopsAt) => stopsAt is { } at ? _clock.GetTimestamp() + (at - _clock.GetUtcNow()).Ticks : long.MaxValue;

        private async Task EndsAsync(Service service) => await Until.TrueAsync(() =>
        {
            if (!service.Ended.IsCompleted) _clock.Advance(TimeSpan.FromSeconds(1));
            return service.Ended.IsCompleted;
        });

        private async Task CheckAsync()
        {
            await EndDueAsync();
            foreach (var one in _alive.Values)
            {
                var expected = one.IsLocal || !_isLost ? ServiceState.Running : ServiceState.Disconnected;
                await _work.UntilAsync(one.Service, status => status.State == expected);
            }

            Assert.Equal(_alive.Keys.Order(StringComparer.Ordinal), _work.Services.Alive.Select(service => service.Context.Name).Order(StringComparer.Ordinal));
            Assert.Equal(_saved.Order(StringComparer.Ordinal), _work.Saved.All.Select(record => record.Name).Order(StringComparer.Ordinal));
            Assert.Equal(_comesBack.Keys.Order(StringComparer.Ordinal), _work.Saved.All.Where(record => record.ComesBack).Select(record => record.Name).Order(StringComparer.Ordinal));
        }
    }
}
