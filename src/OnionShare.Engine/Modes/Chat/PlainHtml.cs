using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>What happens in the room as pieces of a page. Everything that came from somebody is encoded here, and nowhere else.</summary>
internal static class PlainHtml
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    // Made once for all who read along, and gone with the event.
    private static readonly ConditionalWeakTable<RoomMessage, byte[]> Pieces = [];

    /// <summary>The page up to the first event.</summary>
    public static byte[] Head(string title, IEnumerable<string> styles) => Encoding.UTF8.GetBytes($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Encoder.Encode(title)}: conversation</title>
        {string.Concat(styles.Select(style => $"<link rel=\"stylesheet\" href=\"{style}\">"))}
        </head>
        <body class="stream">
        <div class="pinned"><main role="log" aria-label="Conversation">

        """);

    /// <summary>The page after the last event.</summary>
    public static byte[] Foot { get; } = "</main></div></body></html>\n"u8.ToArray();

    public static byte[] Status(string line) => Encoding.UTF8.GetBytes($"<p class=\"status\">{Encoder.Encode(line)}</p>\n");

    public static byte[] Of(RoomMessage message) => Pieces.GetValue(message, static made => Encoding.UTF8.GetBytes(Make(made)));

    private static string Make(RoomMessage message) => message switch
    {
        Said said => $"<p class=\"said\"><b class=\"tint-{said.Id % 8}\">{Name(said.Name)}</b> <span class=\"words\" dir=\"auto\">{Words(said.Text)}</span></p>\n",
        Joined joined => Line($"{Name(joined.Name)} has joined."),
        Left left => Line($"{Name(left.Name)} has left."),
        Renamed renamed => Line($"{Name(renamed.OldName)} is now {Name(renamed.Name)}."),
        Away away => Line($"{Name(away.Name)} has lost the connection."),
        Back back => Line($"{Name(back.Name)} is back."),
        Closed => Line("The room was closed."),
        Welcome welcome => Line(
            $"You are {Name(welcome.Name)}. {(welcome.Members.Count == 1 ? "Nobody else is here." : $"{welcome.Members.Count} people are here.")}")
            + (welcome.CaughtUp == false ? Line("Some of what was said meanwhile could not be caught up.") : ""),
        _ => "<!-- -->\n",
    };

    private static string Line(string html) => $"<p class=\"status\">{html}</p>\n";

    private static string Name(string name) => $"<bdi>{Encoder.Encode(name)}</bdi>";

    private static string Words(string text) => string.Concat(TextLinks.Split(text).Select(part => part.IsLink
        ? $"<a href=\"{Encoder.Encode(part.Piece)}\" target=\"_blank\" rel=\"noreferrer noopener\" referrerpolicy=\"no-referrer\">{Encoder.Encode(part.Piece)}</a>"
        : Encoder.Encode(part.Piece)));
}
