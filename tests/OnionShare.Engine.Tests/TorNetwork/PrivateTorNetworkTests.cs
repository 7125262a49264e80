using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.TorNetwork;

public sealed class PrivateTorNetworkTests(TorNetworkFixture fixture)
{
    [Fact(Timeout = 180_000)]
    public async Task A_page_of_an_onion_is_fetched_by_another_client()
    {
        var network = await fixture.NetworkAsync();
        await using var host = await network.StartClientAsync(new() { ControlPort = true }, Cancel);
        await using var onion = await RawOnion.PublishAsync(host, "from the onion", Cancel);
        using var browser = (await fixture.VisitorAsync()).CreateHttpClient();

        Assert.Equal("from the onion", await browser.GetStringAsync(onion.Url, Cancel));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_disposed_client_leaves_no_process_and_no_folder()
    {
        var network = await fixture.NetworkAsync();
        var client = await network.StartClientAsync(new() { ControlPort = true }, Cancel);
        var folder = Path.GetDirectoryName(client.ControlCookieFile)!;
        Assert.NotEmpty(RunningTors.Below(folder));

        await client.DisposeAsync();

        Assert.Empty(RunningTors.Below(folder));
        Assert.False(Directory.Exists(folder));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_client_killed_by_a_test_can_still_be_disposed()
    {
        var network = await fixture.NetworkAsync();
        var client = await network.StartClientAsync(new() { ControlPort = true }, Cancel);
        client.Process.Kill();
        await client.Process.WaitForExitAsync(Cancel);

        await client.DisposeAsync();

        Assert.False(Directory.Exists(Path.GetDirectoryName(client.ControlCookieFile)));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_client_with_a_wrong_torrc_says_what_tor_said_and_leaves_nothing()
    {
        var network = await fixture.NetworkAsync();

        var error = await Assert.ThrowsAsync<TorNetworkException>(() => network.StartClientAsync(new() { Torrc = ["NoSuchSetting 1"] }, Cancel));

        Assert.Contains("Unknown option 'NoSuchSetting'", error.Message);
        Assert.DoesNotContain(Directory.EnumerateFiles(network.Folder, "torrc", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains("NoSuchSetting", StringComparison.Ordinal));
    }
}
