using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Saved;
using OnionShare.Engine.Tor.Keys;
using Xunit;

namespace OnionShare.Engine.Tests.Services;

/// <summary>A website that is a backend of an Onionbalance front: what it refuses, what it tells, whom it lets in, and what is kept of it.</summary>
public sealed class BackendServiceTests : IDisposable
{
    private const string Front = "wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion";

    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare backend ").FullName;

    public BackendServiceTests()
    {
        Directory.CreateDirectory(Site);
        File.WriteAllText(Path.Combine(Site, "index.html"), "the site");
    }

    private string Site => Path.Combine(_folder, "site");

    private WebsiteRequest Backend => new() { Paths = [Site], Name = "site", Password = "same everywhere", OnionBalance = Front };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Tor_is_asked_for_a_backend_and_visitors_are_given_the_fronts_URL()
    {
        await using var work = Work();
        var service = await work.StartAsync(Backend with { OnionBalance = " " + Front.ToUpperInvariant() });

        var published = Assert.Single(work.Tor.Published);
        Assert.Equal(Front, published.BalanceFront);
        Assert.Null(published.ClientKeys);
        var status = service.Status;
        Assert.Equal(Front, status.OnionBalance);
        Assert.Equal($"http://onionshare:same%20everywhere@{Front}", status.Url);
        Assert.Matches("^[a-z2-7]{56}\\.onion$", status.Address);
        Assert.NotEqual(Front, status.Address);

        await work.Changes.ChangeAsync(service, new ServiceChange { Password = "another one" }, Cancel);
        Assert.Equal($"http://onionshare:another%20one@{Front}", service.Status.Url);
    }

    [Fact]
    public async Task A_scheduled_one_tells_the_fronts_URL_before_it_starts()
    {
        await using var work = Work();
        var service = await work.Saved.StartAsync(Backend with { Public = true, Password = null, StartAt = DateTimeOffset.UtcNow.AddHours(1) }, Cancel);
        Assert.Equal((ServiceState.Scheduled, $"http://{Front}", Front), (service.Status.State, service.Status.Url, service.Status.OnionBalance));
    }

    [Fact]
    public async Task Visitors_of_the_front_and_of_the_backend_itself_are_let_in_and_no_others_and_none_without_the_password()
    {
        await using var work = Work();
        var status = (await work.StartAsync(Backend)).Status;
        var login = "Authorization: Basic " + Convert.ToBase64String("onionshare:same everywhere"u8);

        Assert.Equal(200, await AskAsync(status, Front, login));
        Assert.Equal(200, await AskAsync(status, status.Address!, login));
        Assert.Equal(421, await AskAsync(status, "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion", login));
        Assert.Equal(401, await AskAsync(status, Front, "Accept: */*"));

        // Past the origin check a website answers 405 to what would change it.
        Assert.Equal(405, await AskAsync(status, Front, $"{login}\r\nOrigin: http://{Front}", "POST"));
        Assert.Equal(403, await AskAsync(status, Front, $"{login}\r\nOrigin: http://{status.Address}", "POST"));
        Assert.Equal(403, await AskAsync(status, Front, $"{login}\r\nOrigin: http://evil.example", "POST"));
    }

    [Fact]
    public async Task A_restored_one_is_the_same_backend()
    {
        string? address;
        await using (var first = Work())
        {
            address = (await first.StartAsync(Backend with { Save = true })).Status.Address;
            var saved = first.Saved.Get("site");
            Assert.Equal((address, Front), (saved.Address, saved.OnionBalance));
        }

        await using var work = Work();
        var again = await work.RestoreAsync("site");
        Assert.Equal((address, Front, "same everywhere"), (again.Status.Address, again.Status.OnionBalance, again.Status.Password));
        Assert.Equal(Front, Assert.Single(work.Tor.Published).BalanceFront);
    }

    [Theory]
    [InlineData("abc.onion", "'abc.onion' is no version 3 onion address.")]
    [InlineData("", "'' is no version 3 onion address.")]
    [InlineData("http://" + Front, "'http://" + Front + "' is no version 3 onion address.")]
    [InlineData("expyuzz4wqqyqhjn.onion", "'expyuzz4wqqyqhjn.onion' is no version 3 onion address.")]
    [InlineData("wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhae.onion", "The front's address 'wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhae.onion' is mistyped: its checksum or its version does not fit.")]
    [InlineData("vrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion", "The front's address 'vrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion' is mistyped: its checksum or its version does not fit.")]
    [InlineData("a\nMasterOnionAddress x", "'a\\u{A}MasterOnionAddress x' is no version 3 onion address.")]
    public Task What_is_no_address_of_a_front_is_refused(string front, string detail) => AssertRefusedAsync(Backend with { OnionBalance = front }, detail);

    [Fact]
    public Task Without_the_common_password_it_is_refused() => AssertRefusedAsync(
        Backend with { Password = null },
        "A backend of an Onionbalance front needs the password of the site: visitors can't know which backend they reach.");

    [Fact]
    public Task With_client_keys_it_is_refused() => AssertRefusedAsync(
        Backend with { RequireClientKey = true },
        "A backend of an Onionbalance front can't ask for client keys: Onionbalance publishes the front for everybody.");

    [Fact]
    public Task A_local_one_is_refused() => AssertRefusedAsync(
        Backend with { LocalOnly = true }, "A local service can't be a backend of an Onionbalance front: it is not reached through Tor.");

    [Fact]
    public async Task A_service_is_no_backend_of_its_own_address()
    {
        await using var work = Work();
        using var key = OnionKey.Generate();
        var refused = await Assert.ThrowsAsync<ProblemException>(() => work.Services.StartAsync(
            Backend with { OnionBalance = key.Address }, new ServiceIdentity(key, [], null), Cancel));
        Assert.Equal($"{key.Address} is the address of this service itself.", refused.Problem.Detail);
        Assert.Empty(work.Tor.Published);
    }

    [Theory]
    [InlineData("""{"mode":"share","paths":["/x"],"onionBalance":"wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion"}""")]
    [InlineData("""{"mode":"receive","path":"/x","onionBalance":"wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion"}""")]
    [InlineData("""{"mode":"chat","onionBalance":"wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion"}""")]
    public void Other_modes_can_not_be_asked_to_be_one(string json) =>
        Assert.Contains("onionBalance", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ContractsJson.Default.ServiceRequest)).Message);

    private Workshop Work() => new(Path.Combine(_folder, "state"));

    private async Task AssertRefusedAsync(ServiceRequest request, string detail)
    {
        await using var work = Work();
        var refused = await Assert.ThrowsAsync<ProblemException>(() => work.Saved.StartAsync(request with { Save = true }, Cancel));
        Assert.Equal((ProblemCodes.InvalidRequest, detail), (refused.Problem.Code, refused.Problem.Detail));
        Assert.NotNull(refused.Problem.Advice);
        Assert.Empty(work.Services.All);
        Assert.Empty(work.Saved.All);
        Assert.Empty(work.Tor.Published);
    }

    private static async Task<int> AskAsync(ServiceStatus service, string host, string headers, string method = "GET")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, service.Port!.Value, Cancel);
        var request = $"{method} / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadToEndAsync(Cancel);
        var status = int.Parse(answer.AsSpan(9, 3), null);
        Assert.Equal(status == 200, answer.EndsWith("the site", StringComparison.Ordinal));
        return status;
    }
}
