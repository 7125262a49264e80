using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>What happens in the room as pieces of a page. Everything that came from somebody is encoded here, and nowhere else.</summary>
internal static class PlainHtml
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    // Made once a language for all who read along, and gone with the event.
    private static readonly ConditionalWeakTable<RoomMessage, byte[]?[]> Pieces = [];

    /// <summary>The page up to the first event.</summary>
    public static byte[] Head(string title, Language language, IEnumerable<string> styles) => Encoding.UTF8.GetBytes($"""
        <!DOCTYPE html>
        <html lang="{language.Code}" dir="{(language.IsRightToLeft ? "rtl" : "ltr")}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Encoder.Encode(title)}: {Encoder.Encode(language["chat.script.conversation"])}</title>
        {string.Concat(styles.Select(style => $"<link rel=\"stylesheet\" href=\"{style}\">"))}
        </head>
        <body class="stream">
        <div class="pinned"><main role="log" aria-label="{Encoder.Encode(language["chat.script.conversation"])}">

        """);

    /// <summary>The page after the last event.</summary>
    public static byte[] Foot { get; } = "</main></div></body></html>\n"u8.ToArray();

    public static byte[] Status(string line) => Encoding.UTF8.GetBytes($"<p class=\"status\">{Encoder.Encode(line)}</p>\n");

    public static byte[] Of(RoomMessage message, Language language)
    {
        var pieces = Pieces.GetValue(message, static _ => new byte[]?[PageLanguage.All.Count]);
        // Two who come here at once make the same.
        return pieces[language.Number] ??= Encoding.UTF8.GetBytes(Make(message, language));
    }

    private static string Make(RoomMessage message, Language language)
    {
        return message switch
        {
            Said said => $"<p class=\"said\"><b class=\"tint-{said.Id % 8}\"><bdi>{Encoder.Encode(said.Name)}</bdi></b> <span class=\"words\" dir=\"auto\">{Words(said.Text)}</span></p>\n",
            Joined joined => Line("chat.script.joined", ("name", joined.Name)),
            Left left => Line("chat.script.left", ("name", left.Name)),
            Renamed renamed => Line("chat.script.renamed", ("old", renamed.OldName), ("name", renamed.Name)),
            Away away => Line("chat.lost", ("name", away.Name)),
            Back back => Line("chat.back", ("name", back.Name)),
            Closed => Line("chat.script.closed"),
            Welcome welcome =>
                Line(welcome.Members.Count == 1 ? "chat.welcome-alone" : "chat.welcome", ("name", welcome.Name), ("count", welcome.Members.Count))
                + (welcome.CaughtUp == false ? Line("chat.gap") : ""),
            _ => "<!-- -->\n",
        };

        string Line(string key, params IReadOnlyList<(string Name, object Value)> values) =>
            $"<p class=\"status\">{language.SayHtml(new Phrase(key, values))}</p>\n";
    }

    private static string Words(string text) => string.Concat(TextLinks.Split(text).Select(part => part.IsLink
        ? $"<a href=\"{Encoder.Encode(part.Piece)}\" target=\"_blank\" rel=\"noreferrer noopener\" referrerpolicy=\"no-referrer\">{Encoder.Encode(part.Piece)}</a>"
        : Encoder.Encode(part.Piece)));
}
