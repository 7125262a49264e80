using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>The names that are taken in a room, those that look like them included. Not safe for several threads.</summary>
internal sealed class NameBook(Func<string> drawName)
{
    private const int Draws = 100;

    private readonly Dictionary<string, Member> _bySkeleton = new(StringComparer.Ordinal);

    public void Add(Member member) => _bySkeleton.Add(member.NameAndSkeleton.Skeleton, member);

    public void Remove(Member member) => _bySkeleton.Remove(member.NameAndSkeleton.Skeleton);

    public void Clear() => _bySkeleton.Clear();

    /// <summary>Makes a free name of what was typed.</summary>
    /// <param name="typed">The text; null to draw one.</param>
    /// <param name="owner">Who may have it already.</param>
    /// <param name="refused">Why there is none.</param>
    public MemberName? Choose(string? typed, Member? owner, out Refused? refused)
    {
        if (typed is null) return Draw(out refused);
        if (!MemberName.TryCreate(typed, out var name, out var reason))
        {
            refused = new Refused(RefusalCodes.InvalidName, reason);
            return null;
        }

        var isFree = !_bySkeleton.TryGetValue(name.Skeleton, out var holder) || holder == owner;
        refused = isFree ? null : new Refused(RefusalCodes.NameInUse, new Phrase("chat.refused.name-in-use"));
        return isFree ? name : null;
    }

    private MemberName? Draw(out Refused? refused)
    {
        for (var i = 0; i < Draws; i++)
        {
            if (!MemberName.TryCreate(drawName(), out var drawn, out _) || _bySkeleton.ContainsKey(drawn.Skeleton)) continue;
            refused = null;
            return drawn;
        }

        refused = new Refused(RefusalCodes.NameInUse, new Phrase("chat.refused.no-free-name"));
        return null;
    }
}
