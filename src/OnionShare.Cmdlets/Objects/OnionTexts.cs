using System.Collections.ObjectModel;

namespace OnionShare;

/// <summary>Several texts of an object: a list in PowerShell and in JSON; as one text, such as in a row of Export-Csv, with semicolons between them.</summary>
public sealed class OnionTexts : ReadOnlyCollection<string>
{
    internal OnionTexts(IEnumerable<string> texts)
        : base([.. texts])
    {
    }

    public override string ToString() => string.Join("; ", this);
}
