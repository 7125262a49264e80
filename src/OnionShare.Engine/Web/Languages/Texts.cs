using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OnionShare.Engine.Web.Languages;

/// <summary>The texts of one language, from its embedded file: JSON, a text by its key, or an object of its plural forms by their CLDR category.</summary>
internal sealed class Texts
{
    /// <summary>What the embedded files' names begin with.</summary>
    public const string ResourcePrefix = "language/";

    private readonly FrozenDictionary<string, TextForms> _forms;

    private Texts(FrozenDictionary<string, TextForms> forms) => _forms = forms;

    public IEnumerable<string> Keys => _forms.Keys;

    /// <summary>A text that has no plural forms.</summary>
    public string this[string key] => Forms(key).For(PluralRules.Other);

    /// <summary>Reads those of a language.</summary>
    public static Texts Load(string code)
    {
        using var file = typeof(Texts).Assembly.GetManifestResourceStream($"{ResourcePrefix}{code}.json")
            ?? throw new InvalidOperationException($"The engine has no texts in the language '{code}'.");
        var texts = JsonNode.Parse(file, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
        return new Texts(texts.ToFrozenDictionary(text => text.Key, text => TextForms.Read(text.Value!), StringComparer.Ordinal));
    }

    /// <summary>A text with its plural forms.</summary>
    public TextForms Forms(string key) => _forms.TryGetValue(key, out var forms) ? forms : throw new KeyNotFoundException($"There is no text '{key}'.");

    /// <summary>Those whose keys begin so, in order.</summary>
    public IEnumerable<KeyValuePair<string, TextForms>> Beginning(string prefix) =>
        _forms.Where(text => text.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(text => text.Key, StringComparer.Ordinal);

    /// <summary>A text in pieces: its words, and the names in braces of what is to be put in between.</summary>
    public static IEnumerable<(string Piece, bool IsName)> Split(string template)
    {
        for (var done = 0; done < template.Length;)
        {
            var open = template.IndexOf('{', done);
            if (open < 0) open = template.Length;
            if (open > done) yield return (template[done..open], false);
            if (open == template.Length) yield break;
            var close = template.IndexOf('}', open);
            yield return (template[(open + 1)..close], true);
            done = close + 1;
        }
    }
}

/// <summary>A text, in as many forms as its language has plurals for it.</summary>
internal sealed record TextForms(IReadOnlyDictionary<string, string> ByCategory)
{
    /// <summary>The form of a plural category; a text that no number is put into has one only.</summary>
    public string For(string category) => ByCategory.TryGetValue(category, out var form) ? form : ByCategory[PluralRules.Other];

    public static TextForms Read(JsonNode node) => new(node is JsonObject forms
        ? forms.ToFrozenDictionary(form => form.Key, form => form.Value!.GetValue<string>())
        : new Dictionary<string, string> { [PluralRules.Other] = node.GetValue<string>() }.ToFrozenDictionary());
}
