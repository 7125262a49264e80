using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Processes;

public sealed class DescriptorUploadsTests
{
    private readonly DescriptorUploads _uploads = new();

    [Fact]
    public void The_end_of_an_upload_that_began_before_the_onion_was_published_again_does_not_count()
    {
        Take("UPLOADED", "$A");
        Take("UPLOAD", "$B");
        Take("UPLOADED", "$A");
        Assert.Equal((false, (1, 0, 0)), (_uploads.First.IsCompleted, _uploads.Count));
        Take("UPLOADED", "$B");
        Assert.Equal((true, (1, 1, 0)), (_uploads.First.IsCompleted, _uploads.Count));
    }

    [Fact]
    public void Where_a_filter_tells_of_no_beginning_every_end_counts()
    {
        Take("UPLOADED", "redacted", isBeginningTold: false);
        Assert.Equal((true, 1), (_uploads.First.IsCompleted, _uploads.Count.Taken));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_has_settled_when_every_directory_has_answered()
    {
        foreach (var directory in (string[])["$A", "$B", "$B", "$C"]) Take("UPLOAD", directory);
        var settled = _uploads.SettleAsync(TimeSpan.FromHours(1), TimeProvider.System, Cancel);
        Take("UPLOADED", "$A");
        Take("FAILED", "$B", "UPLOAD_REJECTED");
        Take("FAILED", "$C", "NOT_FOUND"); // of a fetch
        Take("UPLOADED", "$B");
        Assert.False(settled.IsCompleted);
        Take("UPLOADED", "$C");
        await settled;
        Assert.Equal(((4, 3, 1), "UPLOAD_REJECTED"), (_uploads.Count, _uploads.Failure));
    }

    [Fact(Timeout = 60_000)]
    public async Task One_that_does_not_answer_is_not_waited_for_for_ever()
    {
        Take("UPLOAD", "$A");
        await _uploads.SettleAsync(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
        Assert.Equal((1, 0, 0), _uploads.Count);
    }

    private void Take(string action, string directory, string? reason = null, bool isBeginningTold = true) =>
        _uploads.Take(new TorEvent.DescriptorMoved(action, "abc", directory, reason), isBeginningTold);
}
