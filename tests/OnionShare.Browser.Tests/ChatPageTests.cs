using Microsoft.Playwright;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Browser.Tests;

public sealed class ChatPageTests(BrowserFixture browser)
{
    private const string Smuggled = "<img src=x onerror=alert(1)><script>alert(2)</script> &amp; javascript:alert(3) http://a.example/\"onmouseover=alert(4)";

    [Fact]
    public async Task Three_visitors_one_without_scripts_see_one_another_come_speak_rename_and_go()
    {
        await using var chat = await StartAsync();
        await using var anna = await ChatVisitor.ComeAsync(browser, chat);
        await using var ben = await ChatVisitor.ComeAsync(browser, chat, scripts: false);
        var cleo = await ChatVisitor.ComeAsync(browser, chat);
        ChatVisitor[] all = [anna, ben, cleo];
        var (bens, cleos) = (await ben.NameAsync(), await cleo.NameAsync());
        Assert.Matches("^[a-z]+-[a-z]+$", bens);
        await anna.SeesAsync($"{bens} has joined.");
        await anna.SeesAsync($"{cleos} has joined.");
        await ben.SeesAsync($"{cleos} has joined.");

        await anna.RenameAsync("Anna");
        await ben.RenameAsync("Ben");
        await cleo.RenameAsync("Cleo");
        await anna.SayAsync("Good morning, both");
        await ben.SeesAsync("Good morning, both");
        await ben.SayAsync("Morning! No scripts here");
        await cleo.SeesAsync("Morning! No scripts here");
        await cleo.SayAsync("And it works");
        await anna.SeesAsync("And it works");

        foreach (var visitor in all)
        {
            await visitor.SeesAsync("And it works");
            Assert.Equal(["Good morning, both", "Morning! No scripts here", "And it works"], await visitor.WordsAsync());
            Assert.Equal(["Anna", "Ben", "Cleo"], await visitor.Log.Locator(".said b").AllInnerTextsAsync());
        }

        await Assertions.Expect(anna.Page.Locator("#members li")).ToHaveTextAsync(["Anna (you)", "Ben", "Cleo"]);
        Assert.Equal(3, chat.Service.Status.Members);
        cleo.Complaints.AssertNone();
        await cleo.Page.CloseAsync();
        await cleo.DisposeAsync();
        await anna.SeesAsync("Cleo has left.");
        await ben.SeesAsync("Cleo has left.");
        await Assertions.Expect(anna.Page.Locator("#members li")).ToHaveTextAsync(["Anna (you)", "Ben"]);
        anna.Complaints.AssertNone();
        ben.Complaints.AssertNone();
    }

    [Fact]
    public async Task Who_loses_the_connection_comes_back_with_the_name_and_has_missed_nothing()
    {
        await using var chat = await StartAsync(onion: true);
        var circuit = chat.Tor.NewCircuit();
        await using var anna = await ChatVisitor.ComeAsync(browser, chat, chat.Tor.NewCircuit());
        await using var ben = await ChatVisitor.ComeAsync(browser, chat, circuit);
        await ben.RenameAsync("Ben");
        await anna.SayAsync("one");
        await ben.SeesAsync("one");

        circuit.Break();
        await Assertions.Expect(ben.Page.GetByText("The connection is lost: you are away.")).ToBeVisibleAsync();
        await Assertions.Expect(anna.Page.Locator("#members")).ToContainTextAsync("Ben (away)");
        foreach (var words in new[] { "two", "three", "four" }) await anna.SayAsync(words);
        await anna.SeesAsync("four");
        await ben.SayAsync("said while away");
        await Assertions.Expect(ben.Page.GetByText("It is sent as soon as you are back.")).ToBeVisibleAsync();
        circuit.Mend();

        await ben.SeesAsync("You are back.");
        await anna.SeesAsync("said while away");
        await anna.SayAsync("five");
        await ben.SeesAsync("five");
        Assert.Equal("Ben", await ben.NameAsync());
        string[] said = ["one", "two", "three", "four", "said while away", "five"];
        Assert.Equal(said, await ben.WordsAsync());
        Assert.Equal(said, await anna.WordsAsync());
        await Assertions.Expect(anna.Page.Locator("#members")).Not.ToContainTextAsync("away");
        await Assertions.Expect(ben.Page.Locator("#state")).ToBeEmptyAsync();
        anna.Complaints.AssertNone();
        ben.Complaints.AssertNone("WebSocket connection to"); // the lost connection itself
    }

    [Fact]
    public async Task What_was_said_while_the_tab_was_hidden_is_counted_in_its_title()
    {
        await using var chat = await StartAsync();
        await using var anna = await ChatVisitor.ComeAsync(browser, chat);
        await using var ben = await ChatVisitor.ComeAsync(browser, chat);

        await HideAsync(ben.Page, true);
        await anna.SayAsync("are you there?");
        await anna.SayAsync("hello?");
        await Assertions.Expect(ben.Page).ToHaveTitleAsync("(2) Desk 4");

        await HideAsync(ben.Page, false);
        await Assertions.Expect(ben.Page).ToHaveTitleAsync("Desk 4");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Text_is_text_links_lead_nobody_back_and_long_words_do_not_stick_out(bool scripts)
    {
        await using var chat = await StartAsync();
        await using var anna = await ChatVisitor.ComeAsync(browser, chat);
        await using var ben = await ChatVisitor.ComeAsync(browser, chat, scripts: scripts, width: 360);
        var link = "https://example.com/" + new string('a', 1500);

        await anna.RenameAsync("<b onclick=alert(0)>Eve</b>");
        await anna.SayAsync(Smuggled);
        await anna.SayAsync($"see {link}. And {new string('W', 2000)}");
        await anna.SayAsync("مرحبا بالعالم، كيف الحال؟ 👩‍👩‍👧‍👦🏳️‍🌈 שלום");
        await ben.SeesAsync("مرحبا");

        await ben.SeesAsync("<b onclick=alert(0)>Eve</b>");
        Assert.Equal(Smuggled, (await ben.WordsAsync())[0]);
        Assert.Equal(0, await ben.Log.Locator("img, script, [onclick], [onerror], [onmouseover]").CountAsync());
        var links = ben.Log.GetByRole(AriaRole.Link);
        Assert.Equal(["http://a.example/", link], await links.AllInnerTextsAsync());
        foreach (var one in await links.AllAsync())
        {
            await Assertions.Expect(one).ToHaveAttributeAsync("rel", "noreferrer noopener");
            await Assertions.Expect(one).ToHaveAttributeAsync("target", "_blank");
        }

        Assert.Equal("rtl", await ben.Log.Locator(".words").Last.EvaluateAsync<string>("words => words.matches(':dir(rtl)') ? 'rtl' : 'ltr'"));
        await Layout.AssertNothingSticksOutAsync(ben.Page);
        Assert.Equal(0, await ben.Log.EvaluateAsync<int>("log => log.scrollWidth - log.clientWidth"));
        await Layout.AssertNothingSticksOutAsync(anna.Page);
        anna.Complaints.AssertNone();
        ben.Complaints.AssertNone();
    }

    [Fact]
    public async Task The_room_is_used_with_the_keyboard_alone()
    {
        await using var chat = await StartAsync();
        await using var anna = await ChatVisitor.ComeAsync(browser, chat);
        var keyboard = anna.Page.Keyboard;

        await Assertions.Expect(anna.TextBox).ToBeFocusedAsync();
        await keyboard.TypeAsync("first line");
        await keyboard.PressAsync("Shift+Enter");
        await keyboard.TypeAsync("second line");
        await keyboard.PressAsync("Enter");
        await anna.SeesAsync("second line");
        Assert.Equal(["first line\nsecond line"], await anna.WordsAsync());
        await Assertions.Expect(anna.TextBox).ToBeFocusedAsync();

        await keyboard.PressAsync("Shift+Tab");
        await Assertions.Expect(anna.Log).ToBeFocusedAsync();
        await keyboard.PressAsync("Shift+Tab"); // the list of people
        await keyboard.PressAsync("Shift+Tab");
        await Assertions.Expect(anna.NameBox).ToBeFocusedAsync();
    }

    [Fact]
    public async Task The_end_of_the_room_is_told()
    {
        await using var chat = await StartAsync();
        await using var anna = await ChatVisitor.ComeAsync(browser, chat);
        await using var ben = await ChatVisitor.ComeAsync(browser, chat, scripts: false);

        await chat.StopAsync();

        await Assertions.Expect(anna.Page.GetByText("Nothing of it is kept; this page is all that is left.")).ToBeVisibleAsync();
        await Assertions.Expect(anna.TextBox).ToBeDisabledAsync();
        await ben.SeesAsync("The room was closed.");
    }

    [Fact]
    public async Task The_room_is_readable_light_and_dark_and_on_a_phone()
    {
        await using var chat = await StartAsync();
        await using var anna = await ConverseAsync(chat);

        await Layout.AssertReadableAsync(anna.Page, "chat");
        // The last window was a phone's: the latest line stays in sight when the room gets smaller.
        await Assertions.Expect(anna.Log.GetByText("Shall we meet here again at five?")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task The_room_without_scripts_is_readable_light_and_dark_and_on_a_phone()
    {
        await using var chat = await StartAsync();
        await using var anna = await ConverseAsync(chat, plain: true);

        await Layout.AssertReadableAsync(anna.Page, "chat-without-scripts");
    }

    private Task<RunningService> StartAsync(bool onion = false) =>
        RunningService.StartAsync(_ => { }, _ => new ChatRequest { Title = "Desk 4" }, onion);

    /// <summary>A short talk of three, as one of them sees it.</summary>
    private async Task<ChatVisitor> ConverseAsync(RunningService chat, bool plain = false)
    {
        var anna = await ChatVisitor.ComeAsync(browser, chat, plain: plain);
        await anna.RenameAsync("Anna");
        var ben = await ChatVisitor.ComeAsync(browser, chat);
        await ben.RenameAsync("Ben");
        var yuki = await ChatVisitor.ComeAsync(browser, chat);
        await yuki.RenameAsync("由紀");
        await TalkAsync(
            (ben, "Morning! Did the interview notes come through?"),
            (anna, "All of them, 14 files. Thank you!"),
            (yuki, "おはようございます。I read the first half on the train 🚆"),
            (anna, "The dates on page 3 don't match https://www.example.org/records/2024/hearing"),
            (ben, "Give me ten minutes."),
            (yuki, "Shall we meet here again at five?"));
        return anna;

        async Task TalkAsync(params (ChatVisitor Who, string Words)[] talk)
        {
            foreach (var (who, words) in talk)
            {
                await who.SayAsync(words);
                await anna.SeesAsync(words.Split('\n')[^1]);
            }
        }
    }

    // A browser without windows has no hidden tabs, so the page is told that it is in one.
    private static Task HideAsync(IPage page, bool hidden) => page.EvaluateAsync(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }",
        hidden);
}
