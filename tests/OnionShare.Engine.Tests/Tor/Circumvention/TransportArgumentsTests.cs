using System.Text;
using OnionShare.Engine.Tor.Circumvention;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Circumvention;

/// <summary>How a bridge line's arguments reach its transport (pt-spec, per-connection arguments).</summary>
public sealed class TransportArgumentsTests
{
    [Fact]
    public void Few_arguments_fill_the_user_name_and_the_password_is_a_zero()
    {
        var credentials = TransportArguments.Encode([("shared-secret", "rahasia"), ("secrets-file", "/tmp/blob")]);
        Assert.Equal(("shared-secret=rahasia;secrets-file=/tmp/blob", "\0"), (credentials.User, credentials.Password));
    }

    [Fact]
    public void What_separates_is_escaped() =>
        Assert.Equal(@"a\=b=c\;d\\e\=f", TransportArguments.Encode([("a=b", @"c;d\e=f")]).User);

    [Theory]
    [InlineData(254, 254, 1)]
    [InlineData(255, 255, 1)]
    [InlineData(256, 255, 1)]
    [InlineData(510, 255, 255)]
    public void Many_go_on_in_the_password(int length, int user, int password)
    {
        var credentials = TransportArguments.Encode([("k", new string('v', length - 2))]);
        Assert.Equal((user, password), (credentials.User.Length, credentials.Password.Length));
        Assert.Equal("k=" + new string('v', length - 2), credentials.User + credentials.Password.TrimEnd('\0'));
    }

    [Fact]
    public void No_character_is_cut_through()
    {
        var credentials = TransportArguments.Encode([("k", new string('v', 252) + "ü" + "v")]);
        Assert.Equal(254, Encoding.UTF8.GetByteCount(credentials.User));
        Assert.Equal("üv", credentials.Password);
    }

    [Fact]
    public void Too_many_are_refused() => Assert.Throws<ArgumentException>(() => TransportArguments.Encode([("k", new string('v', 509))]));
}
