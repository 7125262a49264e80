using System.Security.Cryptography;
using System.Text;
using OnionShare.Engine.Tor.Keys;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Keys;

/// <summary>Hash, text forms and addresses.</summary>
public sealed class AddressTests
{
    // FIPS 202's examples, as published by NIST.
    [Theory]
    [InlineData("", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a")]
    [InlineData("abc", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376")]
    public void The_hash_is_SHA3_256(string message, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(Sha3.Hash256(Encoding.ASCII.GetBytes(message))));

    [Fact]
    public void The_hash_agrees_with_the_frameworks_at_every_length_around_a_block()
    {
        if (!SHA3_256.IsSupported) Assert.Skip("skipped: this system's cryptography has no SHA-3; OpenSSL 1.1.1 or Windows 11 has");
        var message = RandomNumberGenerator.GetBytes(600);
        for (var length = 0; length <= message.Length; length++)
            Assert.Equal(SHA3_256.HashData(message.AsSpan(0, length)), Sha3.Hash256(message.AsSpan(0, length)));
    }

    // RFC 4648 §10, padding left out.
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_is_that_of_RFC_4648(string text, string base32)
    {
        Assert.Equal(base32, Base32.Encode(Encoding.ASCII.GetBytes(text)));
        var decoded = new byte[text.Length];
        Assert.True(Base32.TryDecode(base32, decoded));
        Assert.Equal(text, Encoding.ASCII.GetString(decoded));
    }

    [Fact]
    public void Base32_covers_the_whole_alphabet()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bytes = new byte[20];
        Assert.True(Base32.TryDecode(alphabet, bytes));
        Assert.Equal(alphabet, Base32.Encode(bytes));
        Assert.Equal("00443214c74254b635cf84653a56d7c675be77df", Convert.ToHexStringLower(bytes));
    }

    [Theory]
    [InlineData("MZ", 1)] // bits left over
    [InlineData("M1", 1)]
    [InlineData("MY======", 1)]
    [InlineData("M", 1)]
    [InlineData("MZXQ", 1)]
    [InlineData("M\u017F", 1)]
    public void Base32_refuses_what_is_not_the_one_spelling(string text, int length) => Assert.False(Base32.TryDecode(text, new byte[length]));

    // The addresses of the Tor Project and of DuckDuckGo.
    [Theory]
    [InlineData("2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion")]
    [InlineData("duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion")]
    public void Real_addresses_are_understood_and_made_again_from_their_keys(string address)
    {
        Assert.Equal(address, OnionAddress.Parse(address.ToUpperInvariant()));
        var bytes = new byte[35];
        Assert.True(Base32.TryDecode(address.AsSpan(0, 56), bytes));
        Assert.Equal(address, OnionAddress.Of(bytes.AsSpan(0, 32)));
    }

    [Theory]
    [InlineData("2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wie.onion")]
    [InlineData("3gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion")]
    [InlineData("expyuzz4wqqyqhjn.onion")]
    [InlineData("")]
    [InlineData(null)]
    public void A_mistyped_address_is_none(string? address) => Assert.Null(OnionAddress.Parse(address));
}
