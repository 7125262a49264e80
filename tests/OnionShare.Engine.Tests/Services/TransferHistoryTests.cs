using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Services;

/// <summary>What services keep of their transfers on the disk.</summary>
public sealed class TransferHistoryTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly EventHub _events = new(TimeProvider.System);

    private string File => StatePaths.HistoryFile(_scratch.State);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Only_ended_transfers_of_services_that_ask_for_it_are_kept()
    {
        var history = History();
        Service("1", keeps: true);
        Service("2", keeps: false);
        Tell("1", 1, TransferState.Active);
        Tell("2", 1, TransferState.Completed);
        Assert.False(System.IO.File.Exists(File));

        Tell("1", 1, TransferState.Completed);
        Tell("1", 2, TransferState.Cancelled);

        Assert.Equal([(1L, TransferState.Completed), (2L, TransferState.Cancelled)], history.Read().Select(one => (one.Id, one.State)));
    }

    [Fact]
    public void What_was_told_last_of_a_transfer_holds()
    {
        var history = History();
        Service("1", keeps: true);
        Tell("1", 1, TransferState.Completed);
        Tell("1", 1, TransferState.Completed, isVerified: true);

        Assert.True(Assert.Single(history.Read()).IsVerified);
    }

    [Fact]
    public void Half_a_line_that_a_power_cut_left_is_passed_over_and_not_added_to()
    {
        History();
        Service("1", keeps: true);
        Tell("1", 1, TransferState.Completed);
        var whole = System.IO.File.ReadAllText(File);
        System.IO.File.AppendAllText(File, whole[..20]);

        Tell("1", 2, TransferState.Completed);

        Assert.Equal([1L, 2L], new TransferHistory(_scratch.State, new EventHub(TimeProvider.System), TimeProvider.System).Read().Select(one => one.Id));
    }

    [Fact]
    public void It_stays_bounded_and_keeps_the_latest()
    {
        var history = new TransferHistory(_scratch.State, _events, TimeProvider.System, mostBytes: 5000);
        Service("1", keeps: true);
        for (var id = 1; id <= 200; id++) Tell("1", id, TransferState.Completed);

        Assert.InRange(new FileInfo(File).Length, 1, 5500);
        Assert.Equal(200, history.Read()[^1].Id);
    }

    [Fact]
    public void What_can_not_be_written_is_told_once_for_a_service()
    {
        History();
        Directory.CreateDirectory(File);
        var warnings = new List<string>();
        _events.Published += happened =>
        {
            if (happened is ServiceWarned warned) warnings.Add(warned.Message);
        };
        Service("1", keeps: true);
        Tell("1", 1, TransferState.Completed);
        Tell("1", 2, TransferState.Completed);

        Assert.StartsWith("The history can't be written in", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private TransferHistory History() => new(_scratch.State, _events, TimeProvider.System);

    private void Service(string id, bool keeps)
    {
        _events.Publish(new ServiceChanged
        {
            Time = DateTimeOffset.UtcNow,
            Service = new ServiceStatus
            {
                Id = id,
                Name = id,
                Title = id,
                Mode = ServiceMode.Share,
                State = ServiceState.Running,
                CreatedAt = DateTimeOffset.UtcNow,
                KeepsHistory = keeps,
            },
        });
    }

    private void Tell(string service, long id, TransferState state, bool isVerified = false) => _events.Publish(new TransferChanged
    {
        Time = DateTimeOffset.UtcNow,
        Transfer = new Transfer
        {
            Id = id,
            ServiceId = service,
            ServiceName = service,
            Direction = TransferDirection.Download,
            State = state,
            Name = "a",
            StartedAt = DateTimeOffset.UtcNow,
            IsVerified = isVerified,
        },
    });
}
