using System.Text;

namespace OnionShare.Contracts;

/// <summary>Unicode's composed form (NFC, UAX #15) of what anybody may have written.</summary>
public static class ComposedText
{
    /// <summary>The text in form NFC; as it is where it has none, because it holds half a surrogate pair or a noncharacter.</summary>
    public static string Of(string text)
    {
        try
        {
            return Ascii.IsValid(text) ? text : text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return text;
        }
    }
}
