using OnionShare.Contracts;
using OnionShare.Engine.Modes.Receive;
using OnionShare.Engine.Modes.Receive.Resumable;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>What is noted beside a log while a piece with a checksum comes in.</summary>
public sealed class SubmissionLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_mark_is_the_users_alone_whatever_was_there_and_is_read_back_until_it_is_taken_away()
    {
        var inbox = new Inbox(_folder, TimeProvider.System);
        var log = new SubmissionLog(inbox, "one");
        var path = Path.Combine(inbox.HiddenFolder(), "one.jsonl.3");
        File.WriteAllText(path, "17");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UserOnlyFile.Mode | UnixFileMode.OtherRead);

        log.Mark(3, 4096);

        Assert.Equal(4096, log.Marked(3));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UserOnlyFile.Mode, File.GetUnixFileMode(path));
        Assert.Equal([path], Directory.GetFiles(inbox.HiddenPath));

        log.Mark(3, null);
        Assert.Null(log.Marked(3));
        Assert.Empty(Directory.GetFiles(inbox.HiddenPath));
    }
}
