using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

public sealed class SecurityHeadersTests
{
    [Theory]
    [InlineData("/", 200)]
    [InlineData("/missing", 404)]
    [InlineData("/handled", 500)]
    public async Task They_are_on_every_response(string path, int status)
    {
        await using var server = await StartAsync(new SecurityHeaders());
        using var response = await server.SendAsync(HttpMethod.Get, path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(IServiceMode.StrictPolicy, response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
        Assert.Contains("camera=()", response.Headers.GetValues("Permissions-Policy").Single(), StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task What_an_endpoint_sets_itself_stays()
    {
        await using var server = await StartAsync(new SecurityHeaders());
        using var response = await server.SendAsync(HttpMethod.Get, "/own");
        Assert.Equal("max-age=5", response.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Theory]
    [InlineData("default-src 'none'")]
    [InlineData(null)]
    public async Task A_service_can_have_a_policy_of_its_own_or_none(string? policy)
    {
        await using var server = await StartAsync(new SecurityHeaders(policy));
        using var response = await server.GetAsync();
        response.Headers.TryGetValues("Content-Security-Policy", out var sent);
        Assert.Equal(policy, sent?.Single());
    }

    [Theory]
    [InlineData("default-src 'self'\r\nSet-Cookie: a=b")]
    [InlineData("default-src 'sélf'")]
    public void A_policy_that_would_break_the_header_is_refused(string policy)
    {
        var problem = Assert.Throws<ProblemException>(() => new SecurityHeaders(policy)).Problem;
        Assert.Equal(ProblemCodes.InvalidRequest, problem.Code);
        Assert.Equal("The Content-Security-Policy holds a line break or another character that can't be sent in a header.", problem.Detail);
    }

    private static Task<LoopbackServer> StartAsync(SecurityHeaders headers) => LoopbackServer.StartAsync((WebApplication app) =>
    {
        app.Use(headers.InvokeAsync);
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (InvalidOperationException) when (context.Request.Path == "/handled")
            {
                context.Response.Clear();
                context.Response.StatusCode = 500;
            }
        });
        app.Run(context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/handled": throw new InvalidOperationException("broken");
                case "/missing": context.Response.StatusCode = 404; break;
                case "/own":
                    context.Response.Headers.CacheControl = "max-age=5";
                    context.Response.Headers.ContentSecurityPolicy = "sandbox";
                    break;
            }

            return Task.CompletedTask;
        });
    });
}
