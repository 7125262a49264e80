using System.Management.Automation;

namespace OnionShare.Cmdlets.Engine;

internal static class NamePattern
{
    /// <summary>Whether a name is meant by what was typed: it may itself hold [ or *, and then stands for itself, too.</summary>
    public static bool Fits(string name, string typed) =>
        string.Equals(name, typed, StringComparison.OrdinalIgnoreCase)
        || WildcardPattern.Get(typed, WildcardOptions.IgnoreCase).IsMatch(name);
}
