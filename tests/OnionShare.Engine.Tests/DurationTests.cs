using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("1d12h", 129_600)]
    public void A_length_is_read(string text, int seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("\u066890m")] // an Arabic digit, as the fuzzer found
    [InlineData("soon")]
    public void What_is_none_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));
}
