using System.Text.Json.Nodes;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Tor.Settings;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>Changes of tor's settings: RFC 7396, and what is refused.</summary>
public sealed class TorSettingsPatchTests
{
    private static readonly TorSettings Before = new()
    {
        Connection = TorConnectionType.ControlEndpoint,
        ControlEndpoint = "127.0.0.1:9051",
        ControlPassword = "very secret",
        ConnectTimeout = TimeSpan.FromMinutes(2),
    };

    // Torrc lines are for a tor the engine runs.
    private static readonly TorSettings Own = Before with { Connection = TorConnectionType.Own, Torrc = ["ClientOnly 1", "NumCPUs 1"] };

    [Fact]
    public void What_is_not_named_stays_what_is_named_is_replaced_and_null_takes_a_value_back_to_its_default()
    {
        var after = Apply("""{"controlEndpoint":"[::1]:9151","torrc":["NumCPUs 2"],"connectTimeout":null}""", Own);
        Assert.True(after.IsSame(Own with { ControlEndpoint = "[::1]:9151", Torrc = ["NumCPUs 2"], ConnectTimeout = null }));
        Assert.Equal("very secret", after.ControlPassword);
        Assert.Null(Apply("""{"controlPassword":null}""").ControlPassword);
        Assert.Empty(Apply("""{"torrc":null}""", Own).Torrc);
        Assert.Equal(TorConnectionType.Automatic, Apply("""{"connection":null}""").Connection);
        Assert.True(Apply("{}").IsSame(Before));
    }

    [Theory]
    [InlineData("""{"colour":"red"}""", "There is no setting 'colour'.")]
    [InlineData("""{"colour":null}""", "There is no setting 'colour'.")]
    [InlineData("""{"Connection":"own"}""", "There is no setting 'Connection'.")]
    [InlineData("""{"hasControlPassword":true}""", "'hasControlPassword' is told, and can't be set.")]
    [InlineData("""{"connection":"teleport"}""", "The settings are not understood")]
    [InlineData("""{"torrc":"NumCPUs 1"}""", "The settings are not understood")]
    [InlineData("""{"controlPassword":5}""", "The settings are not understood")]
    [InlineData("""{"connectTimeout":"soon"}""", "The settings are not understood")]
    public void What_is_no_setting_is_refused(string patch, string sentence)
    {
        var refused = Assert.Throws<ProblemException>(() => Apply(patch));
        Assert.Equal(ProblemCodes.InvalidRequest, refused.Problem.Code);
        Assert.StartsWith(sentence, refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"connection":7}""", "connection")]
    [InlineData("""{"controlEndpoint":null}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"9051"}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"127.0.0.1"}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"127.0.0.1:0"}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"127.0.0.1:65536"}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"127.0.0.1:+1"}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"::1:9051"}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"[127.0.0.1]:9051"}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"a b:9051"}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"tor\n:9051"}""", "controlEndpoint")]
    [InlineData("""{"controlEndpoint":"unix:run/tor/control"}""", "controlEndpoint")]
    [InlineData("""{"executable":"tor"}""", "executable")]
    [InlineData("""{"executable":"/no/such/tor"}""", "executable")]
    [InlineData("""{"controlPassword":""}""", "controlPassword")]
    [InlineData("""{"controlPassword":"a\nb"}""", "controlPassword")]
    [InlineData("""{"cookieFile":"cookie"}""", "cookieFile")]
    [InlineData("""{"socksEndpoint":"9050"}""", "socksEndpoint")]
    [InlineData("""{"socksEndpoint":"unix:/run/tor/socks"}""", "socksEndpoint")]
    [InlineData("""{"bindAddress":"1"}""", "bindAddress")]
    [InlineData("""{"bindAddress":"localhost"}""", "bindAddress")]
    [InlineData("""{"bindAddress":"203.0.113.77"}""", "bindAddress")]
    [InlineData("""{"bindAddress":"fe80::1%1"}""", "bindAddress")]
    [InlineData("""{"bindAddress":"0.0.0.0"}""", "onionTarget")]
    [InlineData("""{"onionTarget":"::"}""", "onionTarget")]
    [InlineData("""{"bindAddress":"127.0.0.1","connection":"own"}""", "bindAddress")]
    [InlineData("""{"bindAddress":"127.0.0.1","connection":"torBrowser"}""", "bindAddress")]
    [InlineData("""{"onionTarget":"10.0.0.1","connection":"system"}""", "onionTarget")]
    [InlineData("""{"connectTimeout":"00:00:00"}""", "connectTimeout")]
    [InlineData("""{"connectTimeout":"2.00:00:00"}""", "connectTimeout")]
    [InlineData("""{"bridges":[null]}""", "bridges")]
    [InlineData("""{"torrc":[null]}""", "torrc")]
    public void A_value_that_can_not_be_used_is_refused_by_its_name_and_with_advice(string patch, string setting)
    {
        var refused = Assert.Throws<ProblemException>(() => Apply(patch));
        Assert.Equal((ProblemCodes.TorSettings, setting), (refused.Problem.Code, refused.Problem.Target));
        Assert.NotNull(refused.Problem.Advice);
        Assert.DoesNotContain("very secret", refused.Problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:9051")]
    [InlineData("[::1]:9051")]
    [InlineData("tor-gateway.lan:1")]
    public void An_endpoint_is_written_as_it_was_read(string text)
    {
        Assert.True(ControlEndpoint.TryParse(text, out var endpoint));
        Assert.Equal(text, endpoint.ToString());
    }

    [Fact]
    public void What_is_shown_holds_no_password_and_says_that_there_is_one()
    {
        var shown = (Before with { Proxy = "socks5://user:s3:cr@t@10.0.0.1:1080" }).WithoutSecrets();
        Assert.Equal((null, true, "socks5://user@10.0.0.1:1080"), (shown.ControlPassword, shown.HasControlPassword, shown.Proxy));
        Assert.Equal((false, "https://10.0.0.1:3128"), (new TorSettings().WithoutSecrets().HasControlPassword, (Before with { Proxy = "https://10.0.0.1:3128" }).WithoutSecrets().Proxy));
    }

    private static TorSettings Apply(string patch, TorSettings? before = null) => TorSettingsPatch.Apply(before ?? Before, JsonNode.Parse(patch)!.AsObject());
}
