using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Playwright;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Browser.Tests;

public sealed class ErrorPageTests(BrowserFixture browser)
{
    [Fact]
    public async Task Every_error_has_a_page_that_says_what_happened_and_what_to_do()
    {
        await using var service = await RunningService.StartAsync(_ => { }, _ => new ChatRequest { Title = "Errors" }, modes: _ => new FailingMode());
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials, ViewportSize = new() { Width = 360, Height = 640 } });
        var page = await window.NewPageAsync();
        var complaints = Complaints.About(page, service.Address);
        var titles = new HashSet<string>();

        foreach (var status in new[] { 403, 404, 405, 413, 416, 429, 500, 503, 507 })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = status % 2 == 0 ? ColorScheme.Dark : ColorScheme.Light });
            var answer = await page.GotoAsync($"{service.Address}/{status}");

            Assert.Equal(status, answer!.Status);
            Assert.True(titles.Add(await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).InnerTextAsync()), $"{status} has a title of its own");
            Assert.Equal(await page.TitleAsync(), titles.Last());
            Assert.InRange(await page.Locator("main p").CountAsync(), 2, 3); // what happened, what to do, and the way back
            Assert.NotEqual("0px", await page.Locator(".notice").EvaluateAsync<string>("notice => getComputedStyle(notice).borderRadius"));
            await Layout.AssertNothingSticksOutAsync(page);
            await Accessibility.AssertAsync(page);
        }

        complaints.AssertNone("the server responded with a status of");
        await Screenshots.TakeAsync(page, "error-phone");
    }

    [Fact]
    public async Task A_page_that_is_not_there_leads_back_to_the_start()
    {
        await using var share = await RunningService.StartAsync(_ => { }, _ => new ChatRequest { Title = "Desk 4" });
        await using var window = await browser.WindowAsync(new() { HttpCredentials = share.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync($"{share.Address}/nothing/here");

        await page.GetByRole(AriaRole.Link, new() { Name = "start page" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Desk 4" })).ToBeVisibleAsync();
    }

    /// <summary>Answers with the status it is asked for; 500 is an exception, as in real life.</summary>
    private sealed class FailingMode : IServiceMode
    {
        public string DefaultTitle => "Errors";

        public IReadOnlyList<string> Paths => [];

        public Task PrepareAsync(ServiceContext context, CancellationToken cancellationToken) => Task.CompletedTask;

        public void MapRoutes(IEndpointRouteBuilder routes, ServiceContext context) => routes.MapGet("/{status:int}", (HttpContext http) =>
        {
            var status = int.Parse((string)http.Request.RouteValues["status"]!, System.Globalization.CultureInfo.InvariantCulture);
            http.Response.StatusCode = status == 500 ? throw new InvalidOperationException("This is the operator's to know.") : status;
            return Task.CompletedTask;
        });

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
