using OnionShare.Engine.Services;

namespace OnionShare.Engine.Web.Languages;

/// <summary>
/// The language of one request's answer: what the page's switch chose, which every link and form of the page carries on; else what the operator
/// chose; else what the visitor's browser asks for; else English.
/// </summary>
public sealed class PageText
{
    /// <summary>The field of the address that the switch sets.</summary>
    public const string Field = "lang";

    private PageText(Language language, bool isChosen) => (Language, IsChosen) = (language, isChosen);

    public Language Language { get; }

    /// <summary>Whether the visitor chose it by the switch.</summary>
    public bool IsChosen { get; }

    /// <summary>A text without anything to be put into it.</summary>
    public string this[string key] => Language[key];

    public static PageText Of(HttpContext http)
    {
        if (http.Items.TryGetValue(typeof(PageText), out var known)) return (PageText)known!;
        var chosen = Language.Find(http.Request.Query[Field]);
        var text = new PageText(
            chosen ?? Language.Find(http.RequestServices.GetRequiredService<ServiceContext>().Language)
            ?? AcceptLanguage.Best(http.Request.Headers.AcceptLanguage) ?? Language.English,
            chosen is not null);
        http.Items[typeof(PageText)] = text;
        return text;
    }

    public string Say(string key, params IReadOnlyList<(string Name, object Value)> values) => Language.Say(new Phrase(key, values));

    public string Say(Phrase phrase) => Language.Say(phrase);

    public string Size(long bytes) => Language.Size(bytes);

    /// <summary>An address of the service's own pages, with the language that was chosen.</summary>
    public string Link(string address) =>
        !IsChosen ? address : $"{address}{(address.EndsWith('?') ? "" : address.Contains('?', StringComparison.Ordinal) ? "&" : "?")}{Field}={Language.Code}";

    /// <summary>Says in the headers which language an answer is in, and what that hung on.</summary>
    public void Describe(HttpResponse response)
    {
        response.Headers.ContentLanguage = Language.Code;
        response.Headers.Append("Vary", "Accept-Language");
    }
}
