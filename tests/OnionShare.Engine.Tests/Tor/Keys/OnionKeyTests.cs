using OnionShare.Engine.Tor.Keys;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Keys;

/// <summary>Keys of services and of clients.</summary>
public sealed class OnionKeyTests
{
    [Fact]
    public void A_key_survives_every_form_it_is_written_in()
    {
        using var key = OnionKey.Generate();
        Assert.True(OnionKey.TryParse(key.ToControl(), out var parsed));
        Assert.True(OnionKey.TryParse(key.ToControl()["ED25519-V3:".Length..], out var bare));
        Assert.True(OnionKey.TryRead(key.ToBytes(), out var read));
        Assert.All([parsed, bare, read], other => Assert.Equal(key.Address, other.Address));
        Assert.Matches("^[a-z2-7]{55}d\\.onion$", key.Address);
    }

    [Fact]
    public void Keys_that_are_drawn_differ()
    {
        var addresses = Enumerable.Range(0, 50).Select(_ =>
        {
            using var key = OnionKey.Generate();
            return key.Address;
        });
        Assert.Equal(50, addresses.Distinct().Count());
    }

    [Fact]
    public void A_disposed_key_is_wiped()
    {
        var key = OnionKey.Generate();
        key.Dispose();
        Assert.Equal(new byte[64], key.ToBytes());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("RSA1024:AAAA")]
    [InlineData("ED25519-V3:")]
    [InlineData("ED25519-V3:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("ED25519-V3:????????????????????????????????????????????????????????????????????????????????????????")]
    public void What_is_no_key_is_refused(string? text) => Assert.False(OnionKey.TryParse(text, out _));

    [Fact]
    public void A_scalar_that_is_not_clamped_is_refused()
    {
        using var key = OnionKey.Generate();
        foreach (var (at, bit) in new[] { (0, 1), (0, 2), (0, 4), (31, 64), (31, 128) })
        {
            var bytes = key.ToBytes();
            bytes[at] ^= (byte)bit;
            Assert.False(OnionKey.TryRead(bytes, out _));
        }
    }

    [Fact]
    public void A_client_key_has_its_three_forms_and_is_read_back()
    {
        var key = ClientKey.Generate();
        Assert.Matches("^[A-Z2-7]{52}$", key.PrivateKey);
        Assert.Matches("^[A-Z2-7]{52}$", key.PublicKey);
        Assert.True(ClientKey.TryParsePrivate(key.PrivateKey.ToLowerInvariant(), out var read));
        Assert.Equal(key.PublicKey, read.PublicKey);
        Assert.Equal(key.PublicKey, ClientKey.ParsePublic("descriptor:x25519:" + key.PublicKey));
        Assert.Equal($"abc:descriptor:x25519:{key.PrivateKey}", key.ToAuthPrivate("abc.onion"));
        Assert.DoesNotContain(key.PrivateKey, key.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("MZXW6YTBOI")]
    [InlineData("M1XW6YTBOIM1XW6YTBOIM1XW6YTBOIM1XW6YTBOIM1XW6YTBOIAA")]
    public void What_is_no_public_client_key_is_refused(string text) => Assert.Null(ClientKey.ParsePublic(text));
}
