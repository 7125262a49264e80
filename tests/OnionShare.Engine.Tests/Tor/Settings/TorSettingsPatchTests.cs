extern alias cmdlets;

using cmdlets::OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Settings;

/// <summary>What Set-OnionTor sends.</summary>
public sealed class TorSettingsPatchTests
{
    [Fact]
    public void Only_what_is_named_is_sent() =>
        Assert.Equal("""{"proxy":"socks5://192.0.2.1:1080"}""", Json(new() { Proxy = "socks5://192.0.2.1:1080" }, nameof(TorSettings.Proxy)));

    [Fact]
    public void What_is_named_and_has_no_value_is_taken_back_to_its_default() =>
        Assert.Equal("""{"executable":null,"builtInBridges":null}""", Json(new(), nameof(TorSettings.Executable), nameof(TorSettings.BuiltInBridges)));

    [Fact]
    public void Lists_words_and_times_are_written_as_the_engine_reads_them() => Assert.Equal(
        """{"connection":"TorBrowser","bridges":["192.0.2.1:443"],"connectTimeout":"00:01:30"}""",
        Json(
            new() { Connection = TorConnectionType.TorBrowser, Bridges = ["192.0.2.1:443"], ConnectTimeout = TimeSpan.FromSeconds(90) },
            nameof(TorSettings.Connection),
            nameof(TorSettings.Bridges),
            nameof(TorSettings.ConnectTimeout)));

    private static string Json(TorSettings values, params string[] properties) =>
        new TorSettingsPatch(values, properties.ToHashSet()).ToJson().ToJsonString();
}
