using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

public sealed class OriginFilterTests
{
    [Theory]
    [InlineData("", "", 200)] // curl
    [InlineData("http://a.onion", "", 200)]
    [InlineData("http://a.onion:80", "", 200)]
    [InlineData("http://a.onion", "same-origin", 200)]
    [InlineData("null", "same-origin", 200)]
    [InlineData("", "none", 200)]
    [InlineData("http://evil.example", "", 403)]
    [InlineData("https://a.onion", "", 403)]
    [InlineData("http://a.onion.evil.example", "", 403)]
    [InlineData("http://a.onion:8080", "", 403)]
    [InlineData("null", "", 403)]
    [InlineData("null", "cross-site", 403)]
    [InlineData("http://a.onion", "cross-site", 403)]
    [InlineData("http://a.onion", "same-site", 403)]
    [InlineData("", "cross-site", 403)]
    [InlineData("", "nonsense", 403)]
    public async Task A_request_that_changes_something_must_not_come_from_another_site(string origin, string site, int status) =>
        Assert.Equal(status, await SendAsync("POST", origin, site, ""));

    [Theory]
    [InlineData("", 200)]
    [InlineData("http://a.onion", 200)]
    [InlineData("http://evil.example", 403)]
    [InlineData("null", 403)]
    public async Task A_WebSocket_upgrade_must_not_come_from_another_site(string origin, int status) =>
        Assert.Equal(status, await SendAsync("GET", origin, "", "Upgrade: websocket\r\n"));

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("FROB")]
    public async Task Every_other_method_counts_as_changing(string method) => Assert.Equal(403, await SendAsync(method, "http://evil.example", "", ""));

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task A_link_from_another_site_may_be_followed(string method) => Assert.Equal(200, await SendAsync(method, "http://evil.example", "cross-site", ""));

    private static async Task<int> SendAsync(string method, string origin, string site, string more)
    {
        await using var server = await LoopbackServer.StartAsync(app =>
        {
            app.Use(OriginFilter.InvokeAsync);
            app.Run(context =>
            {
                context.Response.StatusCode = 200;
                return Task.CompletedTask;
            });
        });
        var headers = (origin == "" ? "" : $"Origin: {origin}\r\n") + (site == "" ? "" : $"Sec-Fetch-Site: {site}\r\n") + more;
        var answer = await server.SendRawAsync($"{method} / HTTP/1.1\r\nHost: a.onion\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n");
        return int.Parse(answer.AsSpan(9, 3), null);
    }
}
