using Microsoft.Extensions.Logging;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Storage;

public sealed class LogFileTests
{
    // Rows «CVE-2022-21690», «GHSA-24m9».
    [Fact]
    public void A_line_is_one_line_whatever_is_in_it()
    {
        using var scratch = new Scratch();
        var path = scratch.At("engine.log");
        using (var loggers = LogFile.CreateFactory(path, new LogRing(TimeProvider.System)))
            loggers.CreateLogger("x").LogWarning(new InvalidOperationException("broken\r\nby"), "a {Name}", "\u001b[2J\n\u202Etxt");

        var line = Assert.Single(File.ReadAllLines(path));
        Assert.Contains(@"a \u{1B}[2J\u{A}\u{202E}txt", line, StringComparison.Ordinal);
        Assert.Contains(@"broken\u{D}\u{A}by", line, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }
}
