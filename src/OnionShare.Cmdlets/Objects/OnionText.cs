using System.Globalization;
using OnionShare.Contracts;

namespace OnionShare;

/// <summary>Texts for the module's table and list views.</summary>
public static class OnionText
{
    /// <summary>A number of bytes for a person: <c>1.5 MiB</c>; <c>?</c> where it is not known.</summary>
    public static string Size(long? bytes) => bytes is { } count ? ByteSize.Show(count) : "?";

    /// <summary>How far a transfer is, for a person: <c>42 %</c>; empty where it is not known.</summary>
    public static string Percent(double? percent) =>
        percent is { } value ? string.Create(CultureInfo.CurrentCulture, $"{Math.Floor(value):0} %") : "";

    /// <summary>Text that came from somebody else, safe in a console.</summary>
    public static string Safe(string? text) => RemoteText.Show(text);
}
