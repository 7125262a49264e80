using Microsoft.Extensions.Logging;
using OnionShare.Contracts;
using OnionShare.Engine.Storage;
using Xunit;

namespace OnionShare.Engine.Tests.Storage;

/// <summary>The log in memory.</summary>
public sealed class LogRingTests
{
    private readonly LogRing _ring = new(TimeProvider.System);

    [Fact]
    public void It_keeps_the_last_lines_and_no_more()
    {
        for (var line = 1; line <= LogRing.Kept + 10; line++) _ring.Add(LogImportance.Debug, "tor", $"line {line}");

        var records = _ring.Read([]);
        Assert.Equal(LogRing.Kept, records.Count);
        Assert.Equal(("line 11", $"line {LogRing.Kept + 10}"), (records[0].Message, records[^1].Message));
    }

    [Theory]
    [InlineData("GET http://onionshare:constrict-purity-lantern@2gzy.onion/", "GET http://***@2gzy.onion/")]
    [InlineData("ADD_ONION ED25519-V3:aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ= Port=80", "ADD_ONION ED25519-V3:*** Port=80")]
    [InlineData("x25519:NJQ7V6YQ3J5ZB3LLQ2Q3J5ZB3LLQ2Q3J5ZB3LLQ2Q3J5ZB3LLQ2Q", "x25519:***")]
    [InlineData("the password is constrict-purity-lantern.", "the password is ***.")]
    [InlineData("a\u001b[2Jb", @"a\u{1B}[2Jb")]
    public void What_is_secret_is_taken_out_and_what_is_not_safe_is_made_so(string text, string kept)
    {
        _ring.Add(LogImportance.Error, "x", text);
        Assert.Equal(kept, Assert.Single(_ring.Read(["constrict-purity-lantern", "a"])).Message);
    }

    [Fact]
    public void It_hears_what_the_engine_logs_and_of_the_web_server_only_warnings()
    {
        using var loggers = LogFile.CreateFactory(null, _ring);
        loggers.CreateLogger("OnionShare.Engine.Tor.TorHost").LogDebug("tor: {Line}", "Bootstrapped 10%");
        loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").LogInformation("a request");
        loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel").LogWarning("a trouble");

        Assert.Equal(["TorHost tor: Bootstrapped 10%", "Kestrel a trouble"], _ring.Read([]).Select(one => $"{one.Source} {one.Message}"));
    }
}
