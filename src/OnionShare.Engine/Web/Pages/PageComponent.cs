using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Web.Pages;

/// <summary>A part of a page, which speaks the language of its request.</summary>
public abstract class PageComponent : ComponentBase
{
    [CascadingParameter] public required HttpContext Http { get; set; }

    protected PageText Words => PageText.Of(Http);

    /// <summary>Keeps the language chosen through a form that is sent by GET, which replaces what its address asks for.</summary>
    protected RenderFragment KeepLanguage => builder =>
    {
        if (Words.IsChosen) builder.AddMarkupContent(0, $"<input type=\"hidden\" name=\"{PageText.Field}\" value=\"{Words.Language.Code}\">");
    };

    /// <summary>A phrase with names in it, each of them isolated.</summary>
    protected MarkupString Markup(string key, params IReadOnlyList<(string Name, object Value)> values) => new(Words.Language.SayHtml(new Phrase(key, values)));

    /// <summary>What a script needs to speak the language, as JSON: the texts whose keys begin so, and how numbers and sizes are written.</summary>
    protected MarkupString ScriptTexts(params string[] prefixes)
    {
        var language = Words.Language;
        var texts = new JsonObject();
        foreach (var (key, forms) in prefixes.SelectMany(language.Beginning))
            texts[key] = forms.ByCategory.Count == 1 ? forms.ByCategory.Values.Single() : JsonSerializer.SerializeToNode(forms.ByCategory);
        var figures = language.Figures;
        var all = new JsonObject
        {
            ["decimal"] = figures.Decimal,
            ["group"] = figures.Group,
            ["leastGrouped"] = figures.LeastGrouped,
            ["digits"] = figures.Digits,
            ["units"] = new JsonArray([.. language.Units.Select(unit => JsonValue.Create(unit))]),
            ["separator"] = language["list.separator"],
            ["isChosen"] = Words.IsChosen,
            ["texts"] = texts,
        };
        // The encoder escapes what could end the element; a block of data runs nowhere, so no policy forbids it.
        return new MarkupString($"<script type=\"application/json\" id=\"words\">{all.ToJsonString()}</script>");
    }
}
