extern alias cmdlets;

using cmdlets::OnionShare.Cmdlets.Chat;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>The line that is typed in a chat room, without a terminal.</summary>
public sealed class InputLineTests
{
    private readonly InputLine _line = new();

    [Fact]
    public void What_is_typed_is_taken_and_the_line_is_empty_then()
    {
        Type("hello");
        Assert.Equal(InputStep.Entered, Press(ConsoleKey.Enter));
        Assert.Equal(("hello", ""), (_line.Finish(), _line.Text));
    }

    [Fact]
    public void Letters_go_in_and_out_where_the_cursor_is()
    {
        Type("held");
        Press(ConsoleKey.LeftArrow);
        Type("lo worl");
        Press(ConsoleKey.Home);
        Press(ConsoleKey.Delete);
        Type("H");
        Press(ConsoleKey.End);
        Press(ConsoleKey.Backspace);
        Assert.Equal("Hello worl", _line.Text);
    }

    [Theory]
    [InlineData("\U0001F600")] // two chars
    [InlineData("e\u0301")] // a letter and its mark
    [InlineData("\U0001F469\u200D\U0001F4BB")] // joined
    public void What_a_person_takes_for_one_character_goes_as_one(string character)
    {
        Type("a" + character);
        Press(ConsoleKey.LeftArrow);
        Assert.Equal(1, _line.Cursor);
        Press(ConsoleKey.RightArrow);
        Press(ConsoleKey.Backspace);
        Assert.Equal("a", _line.Text);
    }

    [Fact]
    public void Earlier_lines_come_back_and_control_u_and_escape_empty_it()
    {
        Type("one");
        _line.Finish();
        Type("two");
        _line.Finish();
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("one", _line.Text);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("one", _line.Text);
        Press(ConsoleKey.DownArrow);
        Assert.Equal("two", _line.Text);
        Press(ConsoleKey.DownArrow);
        Assert.Equal("", _line.Text);
        Type("abc");
        _line.Take(new ConsoleKeyInfo('\u0015', ConsoleKey.U, false, false, true));
        Assert.Equal("", _line.Text);
        Type("abc");
        Press(ConsoleKey.Escape);
        Assert.Equal("", _line.Text);
    }

    [Fact]
    public void Control_characters_are_no_text()
    {
        Assert.Equal(InputStep.None, _line.Take(new ConsoleKeyInfo('\u0007', ConsoleKey.G, false, false, true)));
        Assert.Equal(InputStep.None, _line.Take(new ConsoleKeyInfo('\t', ConsoleKey.Tab, false, false, false)));
        Assert.Equal("", _line.Text);
    }

    [Theory]
    [InlineData("hello", 10, "hello")]
    [InlineData("0123456789", 10, "123456789")] // a column is the cursor's
    [InlineData("\u65E5\u672C\u8A9E\u65E5\u672C\u8A9E", 10, "\u672C\u8A9E\u65E5\u672C\u8A9E", 11)] // two columns each
    [InlineData("\u65E5\u672C\u8A9E\u65E5\u672C\u8A9E", 10, "\u8A9E\u65E5\u672C\u8A9E")]
    [InlineData("e\u0301e\u0301e\u0301", 10, "e\u0301e\u0301e\u0301")]
    [InlineData("\u05E9\u05DC\u05D5\u05DD", 10, "\u05E9\u05DC\u05D5\u05DD")]
    [InlineData("a\u202Eb", 20, "a\\u{202E}b")] // what would turn the line around is shown
    public void The_end_of_a_long_line_is_shown_in_the_columns_there_are(string text, int columns, string shown, int? instead = null)
    {
        Type(text);
        Assert.Equal((shown, 0), _line.Window(instead ?? columns));
    }

    [Fact]
    public void The_cursor_stands_in_columns_not_in_characters()
    {
        Type("a\u65E5\u672C");
        Press(ConsoleKey.LeftArrow);
        Assert.Equal(("a\u65E5\u672C", 2), _line.Window(20));
        Press(ConsoleKey.Home);
        Assert.Equal(("a\u65E5\u672C", 5), _line.Window(20));
        Assert.Equal(("a\u65E5", 3), _line.Window(4));
    }

    private void Type(string text)
    {
        foreach (var one in text) Assert.Equal(InputStep.Changed, _line.Take(new ConsoleKeyInfo(one, ConsoleKey.None, false, false, false)));
    }

    private InputStep Press(ConsoleKey key) => _line.Take(new ConsoleKeyInfo('\0', key, false, false, false));
}
