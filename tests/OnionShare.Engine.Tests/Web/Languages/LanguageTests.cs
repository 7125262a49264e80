using OnionShare.Engine.Web.Languages;
using Xunit;

namespace OnionShare.Engine.Tests.Web.Languages;

/// <summary>How languages are found, and how they write numbers, sizes, dates and plurals.</summary>
public sealed class LanguageTests
{
    [Theory]
    [InlineData("de", "de")]
    [InlineData("de-AT,de;q=0.7,en;q=0.3", "de")]
    [InlineData("en-US,en;q=0.5", "en")]
    [InlineData("nl, en;q=0.4, DE;q=0.6", "de")]
    [InlineData("de;q=0, en;q=0.1", "en")]
    [InlineData("nl", null)]
    [InlineData("*", null)]
    [InlineData("", null)]
    [InlineData(";;;=,q", null)]
    public void A_browsers_wishes_are_met_in_their_order(string header, string? expected) =>
        Assert.Equal(expected, AcceptLanguage.Best(header)?.Code);

    [Theory]
    [InlineData("en", 0, "0 B")]
    [InlineData("en", 1_048_576, "1.0 MiB")]
    [InlineData("en", 1_047_900, "1,023.3 KiB")]
    [InlineData("de", 1_047_900, "1.023,3 KiB")]
    public void Sizes_are_written_as_the_language_writes_them(string code, long bytes, string expected) =>
        Assert.Equal(expected, Language.Find(code)!.Size(bytes));

    [Theory]
    [InlineData("en", "2026-03-21 05:07")]
    [InlineData("de", "21.03.2026 05:07")]
    public void Dates_are_written_as_the_language_writes_them_and_in_universal_time(string code, string expected)
    {
        var figures = Language.Find(code)!.Figures;
        var moment = new DateTimeOffset(2026, 3, 21, 14, 7, 0, TimeSpan.FromHours(9));
        Assert.Equal(expected, $"{figures.Day(moment)} {figures.Time(moment)}");
    }

    [Fact]
    public void Names_in_a_phrase_are_isolated_and_encoded() =>
        Assert.Equal("<bdi>&lt;b&gt;</bdi> has joined.", Language.English.SayHtml(new Phrase("chat.script.joined", ("name", "<b>"))));

    [Fact]
    public void A_size_in_English_is_as_the_operator_sees_it()
    {
        foreach (var bytes in (long[])[0, 1, 1023, 1024, 99_999, 1_000_000, 1L << 30, (1L << 40) - 1, 5L << 50])
            Assert.Equal(Contracts.ByteSize.Show(bytes), Language.English.Size(bytes).Replace(",", "", StringComparison.Ordinal));
    }
}
