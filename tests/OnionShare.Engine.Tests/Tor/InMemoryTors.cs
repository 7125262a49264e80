using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tests.Tor;

/// <summary>A way to tors in memory; every opening makes a new one.</summary>
internal sealed class InMemoryTors : ITorSource
{
    private int _takenDown;

    public List<ObedientTor> Opened { get; } = [];

    public Action<ObedientTor> Prepare { get; set; } = _ => { };

    public ProblemException? Failure { get; set; }

    public int TakenDown => _takenDown;

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public ControlMethod Login { get; set; } = ControlMethod.SafeCookie;

    public string? Socks { get; set; }

    public string Version { get; set; } = "0.4.9.11";

    public Task<TorSession> OpenAsync(CancellationToken cancellationToken)
    {
        if (Failure is { } failure)
            throw failure;
        var tor = new ObedientTor();
        Prepare(tor);
        Opened.Add(tor);
        var control = new ControlConnection(tor.Controller, TimeProvider.System, NullLogger.Instance);
        return Task.FromResult(new TorSession(control, new TorLog(NullLogger.Instance), Time)
        {
            Version = Version,
            Source = "memory",
            Connection = TorConnectionType.ControlEndpoint,
            Login = Login,
            Socks = Socks,
            TakeDown = async () =>
            {
                Interlocked.Increment(ref _takenDown);
                await control.DisposeAsync();
            },
        });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
