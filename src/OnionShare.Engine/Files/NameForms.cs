using System.Text;

namespace OnionShare.Engine.Files;

/// <summary>
/// The spellings a name may have on the disk: as it was asked for, and composed or decomposed (Unicode Standard Annex 15). macOS used to write names
/// decomposed, archives carry them on, and people type them composed.
/// </summary>
internal static class NameForms
{
    private static readonly NormalizationForm[] Forms = [NormalizationForm.FormC, NormalizationForm.FormD];

    public static IEnumerable<string> Of(string name)
    {
        yield return name;
        if (Ascii.IsValid(name)) yield break;
        foreach (var form in Forms)
        {
            if (Other(name, form) is { } other) yield return other;
        }
    }

    private static string? Other(string name, NormalizationForm form)
    {
        try
        {
            return name.IsNormalized(form) ? null : name.Normalize(form);
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair, or a noncharacter: it has no other form.
            return null;
        }
    }
}
