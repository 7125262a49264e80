using System.Collections;

namespace OnionShare.Cmdlets.Completion;

/// <summary>What a parameter is given, without what PowerShell wraps it in.</summary>
internal static class Input
{
    public static object? Bare(object? given) => given is PSObject wrapped ? wrapped.BaseObject : given;

    /// <summary>The items of a list, as they are in it; one that is no list is the only item.</summary>
    public static IEnumerable<object?> Items(object? given) => Bare(given) is IList list ? list.Cast<object?>() : [given];
}
