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
    [InlineData("zh", "zh-Hans")]
    [InlineData("zh-CN,zh;q=0.8", "zh-Hans")]
    [InlineData("zh-TW,zh;q=0.8", "zh-Hant")]
    [InlineData("zh-Hant-HK", "zh-Hant")]
    [InlineData("zh-Hans-TW", "zh-Hans")]
    [InlineData("pt-BR", "pt")]
    [InlineData("fa-IR,fa;q=0.9,en;q=0.5", "fa")]
    [InlineData(";;;=,q", null)]
    public void A_browsers_wishes_are_met_in_their_order(string header, string? expected) =>
        Assert.Equal(expected, AcceptLanguage.Best(header)?.Code);

    [Theory]
    [InlineData("en", 0, "0 B")]
    [InlineData("en", 1_048_576, "1.0 MiB")]
    [InlineData("en", 1_047_900, "1,023.3 KiB")]
    [InlineData("de", 1_047_900, "1.023,3 KiB")]
    [InlineData("es", 1_047_900, "1023,3 KiB")]
    [InlineData("fr", 1_047_900, "1\u202F023,3 Kio")]
    [InlineData("ru", 1_047_900, "1\u00A0023,3 КиБ")]
    [InlineData("fa", 1_047_900, "۱٬۰۲۳٫۳ KiB")]
    [InlineData("ar", 1_047_900, "1,023.3 KiB")]
    public void Sizes_are_written_as_the_language_writes_them(string code, long bytes, string expected) =>
        Assert.Equal(expected, Language.Find(code)!.Size(bytes));

    [Theory]
    [InlineData("en", "2026-03-21 05:07")]
    [InlineData("de", "21.03.2026 05:07")]
    [InlineData("fr", "21/03/2026 05:07")]
    [InlineData("fa", "۱۴۰۵/۰۱/۰۱ ۰۵:۰۷")]
    [InlineData("ja", "2026/03/21 05:07")]
    public void Dates_are_written_as_the_language_writes_them_and_in_universal_time(string code, string expected)
    {
        var figures = Language.Find(code)!.Figures;
        var moment = new DateTimeOffset(2026, 3, 21, 14, 7, 0, TimeSpan.FromHours(9));
        Assert.Equal(expected, $"{figures.Day(moment)} {figures.Time(moment)}");
    }

    [Theory]
    [InlineData("ru", 1, "1 файл")]
    [InlineData("ru", 3, "3 файла")]
    [InlineData("ru", 11, "11 файлов")]
    [InlineData("ru", 121, "121 файл")]
    [InlineData("uk", 1005, "1\u00A0005 файлів")]
    [InlineData("ar", 0, "لا ملفات")]
    [InlineData("ar", 2, "ملفان")]
    [InlineData("ar", 7, "7 ملفات")]
    [InlineData("ar", 12, "12 ملفًا")]
    [InlineData("ar", 100, "100 ملف")]
    [InlineData("fr", 0, "0 fichier")]
    [InlineData("fr", 2, "2 fichiers")]
    [InlineData("fr", 1_000_000, "1\u202F000\u202F000 de fichiers")]
    [InlineData("es", 1_000_001, "1.000.001 archivos")]
    [InlineData("ja", 1, "1 個のファイル")]
    public void The_plural_follows_the_number(string code, int count, string expected) =>
        Assert.Equal(expected, Language.Find(code)!.Say(new Phrase("listing.files", ("count", count))));

    [Fact]
    public void Nothing_of_this_computers_culture_is_in_a_page()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new System.Globalization.CultureInfo("ar-SA");
            Assert.Equal("1,234 files", Language.English.Say(new Phrase("listing.files", ("count", 1234))));
            Assert.Equal("2026-03-21", Language.English.Figures.Day(new DateTimeOffset(2026, 3, 21, 0, 0, 0, TimeSpan.Zero)));
            Assert.Equal("1.5 KiB", Language.English.Size(1536));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
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
