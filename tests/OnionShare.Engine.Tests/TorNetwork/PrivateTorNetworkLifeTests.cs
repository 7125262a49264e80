using System.Net;
using System.Net.Sockets;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.TorNetwork;

/// <summary>Start and end of networks of their own, beside the shared one.</summary>
public sealed class PrivateTorNetworkLifeTests
{
    [Fact(Timeout = 240_000)]
    public async Task A_network_with_exits_reaches_loopback_and_leaves_no_process_and_no_folder()
    {
        Requires.Tor();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var answering = RawOnion.AnswerAsync(listener, "from loopback", end.Token);
        var network = await PrivateTorNetwork.StartAsync(new() { ExitToLoopback = true }, Cancel);
        try
        {
            var visitor = await network.StartClientAsync(cancellationToken: Cancel);
            using var browser = visitor.CreateHttpClient();
            Assert.Equal("from loopback", await browser.GetStringAsync($"http://{listener.LocalEndpoint}/", Cancel));
            Assert.Equal(7, RunningTors.Below(network.Folder).Count);
            Assert.Equal(6, network.ProcessIds.Count);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(network.Folder));
        }
        finally
        {
            await network.DisposeAsync();
        }

        Assert.Empty(RunningTors.Below(network.Folder));
        Assert.False(Directory.Exists(network.Folder));
        await end.CancelAsync();
        await answering;
    }

    [Theory(Timeout = 120_000)]
    [InlineData("Making the keys")]
    [InlineData("Waiting for the first consensus")]
    public async Task A_start_given_up_leaves_no_process_and_no_folder(string when)
    {
        Requires.Tor();
        var parent = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using var giveUp = new CancellationTokenSource();
            var progress = new Sentences(sentence =>
            {
                if (sentence.StartsWith(when, StringComparison.Ordinal)) giveUp.Cancel();
            });

            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => PrivateTorNetwork.StartAsync(new() { ParentFolder = parent, Progress = progress }, giveUp.Token));

            Assert.Empty(RunningTors.Below(parent));
            Assert.Empty(Directory.EnumerateFileSystemEntries(parent));
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    [Fact]
    public async Task A_start_over_its_limit_says_so_with_the_log_and_leaves_nothing()
    {
        Requires.Tor();
        var parent = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var error = await Assert.ThrowsAsync<TorNetworkException>(() => PrivateTorNetwork.StartAsync(
                new() { ParentFolder = parent, StartLimit = TimeSpan.FromSeconds(2.5) }, Cancel));

            Assert.StartsWith("The private Tor network was not ready within", error.Message);
            Assert.Empty(RunningTors.Below(parent));
            Assert.Empty(Directory.EnumerateFileSystemEntries(parent));
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    [Fact]
    public async Task Without_tor_the_error_says_what_to_install()
    {
        var error = await Assert.ThrowsAsync<TorNetworkException>(
            () => PrivateTorNetwork.StartAsync(new() { SearchPath = AppContext.BaseDirectory }, Cancel));

        Assert.Equal("No tor and no tor-gencert was found on PATH. Install it: apt install tor (it brings tor-gencert); brew install tor.", error.Message);
    }

    private sealed class Sentences(Action<string> heard) : IProgress<string>
    {
        public void Report(string value) => heard(value);
    }
}
