using Microsoft.Playwright;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Browser.Tests;

/// <summary>Every mode's pages in every language: nothing sticks out on a phone, and axe-core finds nothing serious.</summary>
public sealed class LanguagePageTests(BrowserFixture browser, LanguagePageTests.ServiceOfEachMode services) : IClassFixture<LanguagePageTests.ServiceOfEachMode>
{
    private static readonly Dictionary<string, string> _said = new()
    {
        ["fa"] = "پرونده‌ها رسیدند: report (final).pdf",
        ["ja"] = "資料を受け取りました。",
        ["ru"] = "Файлы получены, спасибо!",
    };

    public static TheoryData<string> Codes => [.. PageLanguage.All.Select(language => language.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_language_fits_its_pages(string code)
    {
        foreach (var (mode, service) in await services.AllAsync())
        {
            await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
            var page = await window.NewPageAsync();
            var complaints = Complaints.About(page, service.Address);
            foreach (var path in mode == "share" ? new[] { "/", "/nothing" } : ["/"])
            {
                await page.GotoAsync($"{service.Address}{path}?lang={code}");
                if (mode == "chat") await SayAsync(page, code);
                await AssertFitsAsync(page, code, path == "/" ? mode : "error");
            }

            complaints.AssertNone("404");
        }
    }

    [Theory]
    [InlineData("fa")]
    [InlineData("ar")]
    public async Task What_is_written_from_right_to_left_begins_on_the_right_and_names_stay_as_they_are(string code)
    {
        await using var share = await RunningService.StartAsync(Fill, folder => new ShareRequest { Paths = [folder], Language = code, KeepSharing = true });
        await using var window = await browser.WindowAsync(new() { HttpCredentials = share.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(share.Address);
        Assert.Equal("rtl", await page.EvaluateAsync<string>("getComputedStyle(document.body).direction"));
        var headers = page.Locator("thead th");
        Assert.True((await headers.First.BoundingBoxAsync())!.X > (await headers.Last.BoundingBoxAsync())!.X);
        // The name of a file runs its own way: isolated, its dot and ending stay on its right.
        var name = page.Locator("tbody bdi").GetByText("report (final).pdf");
        Assert.Equal("isolate", await name.EvaluateAsync<string>("name => getComputedStyle(name).unicodeBidi"));
        Assert.True(await name.EvaluateAsync<bool>(
            """
            name => {
              const at = (from, to) => { const range = document.createRange(); range.setStart(name.firstChild, from); range.setEnd(name.firstChild, to); return range.getBoundingClientRect().x; };
              return at(0, 1) < at(name.textContent.length - 1, name.textContent.length);
            }
            """));
    }

    [Fact]
    public async Task A_visitor_chooses_a_language_without_scripts_or_cookies_and_keeps_it()
    {
        await using var share = await RunningService.StartAsync(Fill, folder => new ShareRequest { Paths = [folder], KeepSharing = true });
        await using var window = await browser.WindowAsync(new() { HttpCredentials = share.Credentials, JavaScriptEnabled = false });
        var page = await window.NewPageAsync();
        await page.GotoAsync(share.Address);
        await page.GetByRole(AriaRole.Combobox, new() { Name = "Language" }).SelectOptionAsync("de");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Herunterladen" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "photos" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Ordner" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Anfang" }).ClickAsync();
        await Assertions.Expect(page.GetByText("3 Dateien, insgesamt 4,9 KiB")).ToBeVisibleAsync();
        Assert.Empty(await window.CookiesAsync());
    }

    [Fact]
    public async Task The_scripts_of_a_page_speak_its_language()
    {
        await using var inbox = await RunningService.StartAsync(_ => { }, folder => new ReceiveRequest { Path = Path.Combine(folder, "inbox"), MaxFileSize = 1500, Language = "ru" });
        await using var window = await browser.WindowAsync(new() { HttpCredentials = inbox.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(inbox.Address);
        await Assertions.Expect(page.GetByText("Выбрать файлы")).ToBeVisibleAsync();
        var chooser = page.WaitForFileChooserAsync();
        await page.GetByText("Выбрать файлы").ClickAsync(new() { Force = true }); // the field of files is what is hit
        Assert.True((await chooser).IsMultiple);
        await page.Locator("#files").SetInputFilesAsync(new FilePayload { Name = "a.txt", MimeType = "text/plain", Buffer = new byte[2000] });
        await page.GetByRole(AriaRole.Button, new() { Name = "Отправить" }).ClickAsync();
        await Assertions.Expect(page.Locator(".status")).ToHaveTextAsync("Файл «a.txt» слишком велик: допускается не более 1,5 КиБ.");

        var files = Enumerable.Range(1, 3).Select(number => new FilePayload { Name = $"{number}.txt", MimeType = "text/plain", Buffer = new byte[1024] });
        await page.Locator("#files").SetInputFilesAsync(files);
        await page.GetByRole(AriaRole.Button, new() { Name = "Отправить" }).ClickAsync();

        await Assertions.Expect(page.GetByText("Получено 3 файла, всего 3,0 КиБ.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_scripts_of_a_room_write_numbers_as_its_language_does()
    {
        await using var chat = await RunningService.StartAsync(_ => { }, _ => new ChatRequest { Language = "fa" });
        await using var window = await browser.WindowAsync(new() { HttpCredentials = chat.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(chat.Address);
        await Assertions.Expect(page.Locator("#count")).ToHaveTextAsync("۱");
    }

    [Fact]
    public async Task Two_in_one_room_read_it_each_in_their_own_language()
    {
        await using var chat = await RunningService.StartAsync(_ => { }, _ => new ChatRequest());
        await using var window = await browser.WindowAsync(new() { HttpCredentials = chat.Credentials });
        var first = await window.NewPageAsync();
        await first.GotoAsync(chat.Address + "/?lang=es");
        await Assertions.Expect(first.Locator("#log")).ToContainTextAsync("Su nombre es ");
        var second = await window.NewPageAsync();
        await second.GotoAsync(chat.Address + "/plain?lang=tr", new() { WaitUntil = WaitUntilState.DOMContentLoaded }); // a frame of it never ends
        var stream = second.FrameLocator("iframe[name=messages]");
        await Assertions.Expect(stream.Locator(".status").First).ToContainTextAsync("Adınız ");
        await Assertions.Expect(first.Locator("#log")).ToContainTextAsync(" ha entrado.");

        await first.Locator("#name").FillAsync("x\u0001");
        await first.Locator("#name").PressAsync("Enter");
        await Assertions.Expect(first.Locator("#naming-note")).ToHaveTextAsync("Ese nombre contiene un carácter que no se puede mostrar.");
        await first.Locator("#name").FillAsync("Ana");
        await first.Locator("#name").PressAsync("Enter");

        await Assertions.Expect(stream.Locator(".status").Last).ToContainTextAsync("artık Ana adını kullanıyor.");
        var form = second.FrameLocator("iframe[name=write]");
        await form.GetByRole(AriaRole.Textbox, new() { Name = "İleti" }).FillAsync("Merhaba");
        await form.GetByRole(AriaRole.Button, new() { Name = "Gönder" }).ClickAsync();
        await Assertions.Expect(first.Locator("#log .said")).ToContainTextAsync("Merhaba");
        await Assertions.Expect(form.GetByRole(AriaRole.Button, new() { Name = "Ayrıl" })).ToBeVisibleAsync();
    }

    private static void Fill(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "photos"));
        foreach (var (name, size) in new[] { ("photos/otter.jpg", 2000), ("report (final).pdf", 1500), ("ملاحظات.txt", 1500) })
        {
            var path = Path.Combine(folder, name);
            File.WriteAllBytes(path, new byte[size]);
            File.SetLastWriteTimeUtc(path, new DateTime(2026, 3, 21, 5, 7, 0, DateTimeKind.Utc));
        }

        Directory.SetLastWriteTimeUtc(Path.Combine(folder, "photos"), new DateTime(2026, 3, 21, 5, 7, 0, DateTimeKind.Utc));
    }

    private static async Task SayAsync(IPage page, string code)
    {
        await Assertions.Expect(page.Locator("#log .status").First).ToBeVisibleAsync();
        if (!_said.TryGetValue(code, out var words)) return;
        await page.Locator("#text").FillAsync(words);
        await page.Locator("#text").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#log .said").First).ToBeVisibleAsync();
    }

    private static async Task AssertFitsAsync(IPage page, string code, string name)
    {
        // Colours are the same in every language: the pages of each mode are looked at in the dark, too, in their own tests.
        await page.SetViewportSizeAsync(1000, 640);
        await Accessibility.AssertAsync(page);
        if (name != "error" && (code is "fa" or "ja")) await Screenshots.TakeAsync(page, $"{name}-{code}");
        await page.SetViewportSizeAsync(360, 640);
        await Layout.AssertNothingSticksOutAsync(page);
        // A title is not squeezed beside the switch, word under word.
        if (name != "error") Assert.True(await page.Locator("h1").EvaluateAsync<bool>("title => title.offsetHeight < 2 * parseFloat(getComputedStyle(title).lineHeight)"));
        // Nor is a heading broken within a word. Boxes that stand beside each other are one line, whatever their fonts' heights.
        Assert.True(await page.EvaluateAsync<bool>(
            """
            () => [...document.querySelectorAll("thead th")].every((heading) => {
              const range = document.createRange();
              range.selectNodeContents(heading);
              let lines = 0, bottom = -Infinity;
              for (const box of [...range.getClientRects()].sort((a, b) => a.top - b.top)) {
                if (box.top + box.height / 2 < bottom) continue;
                lines++;
                bottom = box.bottom;
              }
              return lines <= heading.innerText.trim().split(/\s+/).length;
            })
            """));
        if (code == "ru" && name != "error") await Screenshots.TakeAsync(page, $"{name}-ru-phone");
    }

    /// <summary>One service of each mode, the same for all languages.</summary>
    public sealed class ServiceOfEachMode : IAsyncDisposable
    {
        private static readonly (string Mode, Func<string, ServiceRequest> Request)[] _modes =
        [
            ("share", folder => new ShareRequest { Paths = [folder], KeepSharing = true }),
            ("website", folder => new WebsiteRequest { Paths = [folder] }),
            ("receive", folder => new ReceiveRequest { Path = Path.Combine(folder, "inbox"), MaxFileSize = 1L << 30 }),
            ("chat", _ => new ChatRequest()),
        ];

        private readonly List<(string Mode, RunningService Service)> _running = [];

        internal async Task<IReadOnlyList<(string Mode, RunningService Service)>> AllAsync()
        {
            foreach (var (mode, request) in _modes.Skip(_running.Count))
                _running.Add((mode, await RunningService.StartAsync(Fill, folder => request(folder) with { Title = mode == "chat" ? null : "Field notes" })));
            return _running;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var (_, service) in _running) await service.DisposeAsync();
        }
    }
}
