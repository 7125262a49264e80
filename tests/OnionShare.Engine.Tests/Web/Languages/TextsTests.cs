using System.Text.RegularExpressions;
using OnionShare.Contracts;
using OnionShare.Engine.Web.Languages;
using Xunit;

namespace OnionShare.Engine.Tests.Web.Languages;

/// <summary>Every text the pages and scripts ask for is there in every language, none is left over, and each holds what is put into it.</summary>
public sealed partial class TextsTests
{
    private static readonly Texts English = Texts.Load("en");

    public static TheoryData<string> Codes => [.. PageLanguage.All.Select(language => language.Code)];

    [Fact]
    public void Every_language_has_a_file_and_every_file_a_language() =>
        Assert.Equal(
            PageLanguage.All.Select(language => language.Code),
            typeof(Texts).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Texts.ResourcePrefix, StringComparison.Ordinal))
                .Select(name => Path.GetFileNameWithoutExtension(name[Texts.ResourcePrefix.Length..])).Order(StringComparer.Ordinal));

    [Fact]
    public void The_sources_ask_for_no_text_that_is_missing_and_for_all_that_are_there()
    {
        var asked = Sources().SelectMany(file => Quoted.Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToHashSet();
        var groups = English.Keys.Select(key => key[..key.LastIndexOf('.')]).ToHashSet();
        var families = English.Keys.Select(key => key.Split('.')[0]).ToHashSet();
        Assert.DoesNotContain(asked, text => families.Contains(text.Split('.')[0]) && !English.Keys.Contains(text) && !groups.Contains(text) && !text.EndsWith(".js", StringComparison.Ordinal)
            && !text.EndsWith(".css", StringComparison.Ordinal) && !text.EndsWith(".txt", StringComparison.Ordinal));
        // Texts of one matter (error.404.title, error.404.what) are asked for by its name.
        Assert.DoesNotContain(English.Keys, key => !asked.Contains(key) && !(asked.Contains(key[..key.LastIndexOf('.')]) && Matter.IsMatch(key)));
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_language_has_the_same_texts_as_English_with_the_same_to_be_put_in(string code)
    {
        var texts = Texts.Load(code);
        Assert.Equal(English.Keys.Order(StringComparer.Ordinal), texts.Keys.Order(StringComparer.Ordinal));
        foreach (var key in English.Keys)
        {
            var names = NamesIn(English.Forms(key).For(PluralRules.Other));
            foreach (var (category, form) in texts.Forms(key).ByCategory)
            {
                Assert.True(form.Trim().Length > 0 || key == "list.separator", $"{code}: {key} is empty");
                Assert.DoesNotContain(form, character => char.IsControl(character));
                // "One file at once": a form for one number only need not say it. Every other form says all.
                if (StandsForOneNumber(code, category)) Assert.Superset(NamesIn(form), names);
                else Assert.True(names.SetEquals(NamesIn(form)), $"{code}: {key} ({category}) has other names in braces than English: {form}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_text_with_plural_forms_has_every_form_its_language_knows(string code)
    {
        var texts = Texts.Load(code);
        foreach (var key in texts.Keys)
        {
            var forms = texts.Forms(key).ByCategory.Keys;
            if (forms.Count() == 1) Assert.Equal("other", forms.Single());
            else Assert.Equal(PluralRules.Of(code).Order(), forms.Order());
        }
    }

    private static bool StandsForOneNumber(string code, string category) =>
        Enumerable.Range(0, 1000).Count(number => PluralRules.CategoryOf(code, number) == category) == 1;

    private static HashSet<string> NamesIn(string text) => [.. Texts.Split(text).Where(part => part.IsName).Select(part => part.Piece)];

    private static IEnumerable<string> Sources() =>
        from folder in new[] { "Web", "Modes" }
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "OnionShare.Engine", folder), "*", SearchOption.AllDirectories)
        where Path.GetExtension(file) is ".cs" or ".razor" or ".js"
        select file;

    [GeneratedRegex("\"([a-z0-9-]+(?:\\.[a-z0-9-]+)+)\"")]
    private static partial Regex Quoted { get; }

    [GeneratedRegex(@"^(error\.(\d+|other)\.(title|what|advice)|refused\.[a-z-]+\.(what|advice))$")]
    private static partial Regex Matter { get; }
}
