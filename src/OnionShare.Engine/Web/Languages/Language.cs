using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace OnionShare.Engine.Web.Languages;

/// <summary>A language of the visitors' pages: its texts, and how it writes numbers, sizes and dates. Nothing of it is this computer's.</summary>
public sealed class Language
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly FrozenDictionary<string, Language> ByCode =
        PageLanguage.All.Select((language, number) => new Language(language, number)).ToFrozenDictionary(language => language.Code, StringComparer.OrdinalIgnoreCase);

    private readonly Lazy<Texts> _texts;
    private readonly Lazy<string[]> _units;

    private Language(PageLanguage language, int number)
    {
        Code = language.Code;
        Name = language.Name;
        IsRightToLeft = language.IsRightToLeft;
        Number = number;
        Figures = Figures.Of(Code);
        _texts = new Lazy<Texts>(() => Texts.Load(Code));
        _units = new Lazy<string[]>(() => this["size.units"].Split(' '));
    }

    /// <summary>English: what is said where nothing else was asked for.</summary>
    public static Language English => ByCode["en"];

    /// <summary>Its tag (BCP 47).</summary>
    public string Code { get; }

    /// <summary>What it calls itself.</summary>
    public string Name { get; }

    public bool IsRightToLeft { get; }

    /// <summary>Its place among <see cref="PageLanguage.All"/>.</summary>
    public int Number { get; }

    internal Figures Figures { get; }

    /// <summary>The units of sizes, from bytes on, each 1024 times the one before.</summary>
    internal IReadOnlyList<string> Units => _units.Value;

    /// <summary>A text without anything to be put into it.</summary>
    public string this[string key] => _texts.Value[key];

    /// <summary>The language of a tag, whatever its case; null for one there is no page in.</summary>
    public static Language? Find(string? code) => code is not null && ByCode.TryGetValue(code, out var language) ? language : null;

    public string Say(Phrase phrase) => Fill(phrase, static text => text, value => Show(value));

    /// <summary>A phrase as HTML, every name in it isolated from the direction of the text around it.</summary>
    public string SayHtml(Phrase phrase) =>
        Fill(phrase, Encoder.Encode, value => value is string name ? $"<bdi>{Encoder.Encode(name)}</bdi>" : Encoder.Encode(Show(value)));

    /// <summary>All texts whose keys begin so; those with plural forms as their forms.</summary>
    internal IEnumerable<KeyValuePair<string, TextForms>> Beginning(string prefix) => _texts.Value.Beginning(prefix);

    /// <summary>A size, in the largest unit it fills: see <see cref="ByteSize"/>.</summary>
    public string Size(long bytes)
    {
        if (bytes < 1024) return $"{Figures.Whole(bytes)} {Units[0]}";
        double size = bytes;
        var unit = 0;
        while (size >= 1023.95 && unit < Units.Count - 1)
        {
            size /= 1024;
            unit++;
        }

        return $"{Figures.OneDecimal(size)} {Units[unit]}";
    }

    private string Show(object value) => value switch
    {
        string text => text,
        Bytes size => Size(size.Count),
        Phrase phrase => Say(phrase),
        IEnumerable<Phrase> list => string.Join(this["list.separator"], list.Select(Say)),
        IConvertible number => Figures.Whole(number.ToInt64(null)),
        _ => throw new ArgumentException($"A phrase takes no {value.GetType()}.", nameof(value)),
    };

    private string Fill(Phrase phrase, Func<string, string> encode, Func<object, string> show)
    {
        var template = _texts.Value.Forms(phrase.Key).For(PluralRules.CategoryOf(Code, phrase.Count));
        if (phrase.Values.Count == 0) return encode(template);
        var filled = new StringBuilder();
        foreach (var (piece, isName) in Texts.Split(template)) filled.Append(isName ? show(phrase[piece]) : encode(piece));
        return filled.ToString();
    }
}
