using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

public sealed class HostFilterTests
{
    private const string Onion = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwx.onion";

    [Theory]
    [InlineData(Onion, 200)]
    [InlineData(Onion + ":80", 200)]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWX.ONION", 200)]
    [InlineData("127.0.0.1:17600", 200)]
    [InlineData("LOCALHOST:17600", 200)]
    [InlineData(Onion + ":81", 421)]
    [InlineData(Onion + ".", 421)]
    [InlineData("www." + Onion, 421)]
    [InlineData("127.0.0.1", 421)]
    [InlineData("127.0.0.1:17601", 421)]
    [InlineData("evil.example", 421)]
    [InlineData("evil.example:17600", 421)]
    [InlineData("", 400)]
    public async Task Only_the_services_own_hosts_are_let_in(string host, int status)
    {
        var filter = new HostFilter(Onion, "127.0.0.1:17600", "localhost:17600");
        await using var server = await LoopbackServer.StartAsync(app => Use(app, filter));
        var answer = await server.SendRawAsync($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == 200, answer.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.onion\r\nHost: a.onion\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://evil.example/ HTTP/1.1\r\nHost: a.onion\r\nConnection: close\r\n\r\n")]
    public async Task None_or_several_are_refused(string request)
    {
        var filter = new HostFilter("a.onion");
        await using var server = await LoopbackServer.StartAsync(app => Use(app, filter));
        var answer = await server.SendRawAsync(request);
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hosts_can_be_changed_while_it_runs()
    {
        var filter = new HostFilter();
        await using var server = await LoopbackServer.StartAsync(app => Use(app, filter));
        using var before = await server.GetAsync();
        filter.Allow(server.Host);
        using var after = await server.GetAsync();
        Assert.Equal((421, 200), ((int)before.StatusCode, (int)after.StatusCode));
    }

    private static void Use(WebApplication app, HostFilter filter)
    {
        app.Use(filter.InvokeAsync);
        app.Run(context => context.Response.WriteAsync("secret", Cancel));
    }
}
