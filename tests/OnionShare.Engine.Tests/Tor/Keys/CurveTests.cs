using OnionShare.Engine.Tor.Keys;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Keys;

/// <summary>The published vectors of the curve's two uses.</summary>
public sealed class CurveTests
{
    // RFC 8032 §7.1, tests 1, 2, 3, 1024 and SHA(abc).
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")]
    [InlineData("f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5", "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e")]
    [InlineData("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf")]
    public void A_seed_has_the_public_key_of_RFC_8032(string seed, string publicKey)
    {
        using var key = OnionKey.FromSeed(Convert.FromHexString(seed));
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
    }

    // RFC 7748 §5.2, the single vectors; the second has the point's highest bit set, which is ignored.
    [Theory]
    [InlineData("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4", "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c", "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d", "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493", "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void X25519_gives_the_products_of_RFC_7748(string scalar, string point, string product)
    {
        var result = new byte[32];
        X25519.Multiply(Convert.FromHexString(scalar), Convert.FromHexString(point), result);
        Assert.Equal(product, Convert.ToHexStringLower(result));
    }

    // RFC 7748 §5.2, iterated.
    [Theory]
    [InlineData(1, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")]
    [InlineData(1000, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")]
    public void X25519_iterated_gives_what_RFC_7748_says(int times, string expected)
    {
        var k = new byte[32];
        k[0] = 9;
        var u = (byte[])[.. k];
        for (var i = 0; i < times; i++)
        {
            var product = new byte[32];
            X25519.Multiply(k, u, product);
            (k, u) = (product, k);
        }

        Assert.Equal(expected, Convert.ToHexStringLower(k));
    }

    // RFC 7748 §6.1.
    [Fact]
    public void Two_keys_agree_on_the_secret_of_RFC_7748()
    {
        var alice = Convert.FromHexString("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        var bob = Convert.FromHexString("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        byte[] alicePublic = new byte[32], bobPublic = new byte[32], one = new byte[32], two = new byte[32];
        X25519.PublicKey(alice, alicePublic);
        X25519.PublicKey(bob, bobPublic);
        X25519.Multiply(alice, bobPublic, one);
        X25519.Multiply(bob, alicePublic, two);
        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Convert.ToHexStringLower(alicePublic));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Convert.ToHexStringLower(bobPublic));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Convert.ToHexStringLower(one));
        Assert.Equal(one, two);
    }

    [Fact]
    public void Numbers_from_p_to_2_255_are_reduced()
    {
        // p + n for n in 0…18 are the only encodings that are not the shortest.
        for (var n = 0; n < 19; n++)
        {
            var bytes = new byte[32];
            bytes.AsSpan().Fill(0xff);
            (bytes[0], bytes[31]) = ((byte)(0xed + n), 0x7f);
            FieldElement.Read(bytes).Write(bytes);
            var expected = new byte[32];
            expected[0] = (byte)n;
            Assert.Equal(expected, bytes);
        }
    }

    [Fact]
    public void The_arithmetic_agrees_with_big_integers()
    {
        var p = System.Numerics.BigInteger.Pow(2, 255) - 19;
        var random = new Random(25519);
        for (var i = 0; i < 500; i++)
        {
            byte[] a = new byte[32], b = new byte[32];
            random.NextBytes(a);
            random.NextBytes(b);
            if (i % 5 == 0) a.AsSpan(0, 31).Fill(0xff);
            if (i % 7 == 0) b.AsSpan(0, 31).Fill(0);
            (a[31], b[31]) = ((byte)(a[31] & 127), (byte)(b[31] & 127));
            var (x, y) = (new System.Numerics.BigInteger(a, isUnsigned: true), new System.Numerics.BigInteger(b, isUnsigned: true));
            var (fx, fy) = (FieldElement.Read(a), FieldElement.Read(b));
            AssertIs((x + y) % p, fx + fy);
            AssertIs((x - y + p + p) % p, fx - fy);
            AssertIs(x * y % p, fx * fy);
            AssertIs((x - y + p + p) * (x + y) % p, (fx - fy) * (fx + fy));
            AssertIs(System.Numerics.BigInteger.ModPow(x, p - 2, p), fx.Invert());
        }
    }

    private static void AssertIs(System.Numerics.BigInteger expected, FieldElement actual)
    {
        var bytes = new byte[32];
        actual.Write(bytes);
        Assert.Equal(expected, new System.Numerics.BigInteger(bytes, isUnsigned: true));
    }
}
