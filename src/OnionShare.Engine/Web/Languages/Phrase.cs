namespace OnionShare.Engine.Web.Languages;

/// <summary>Something to be said to a visitor, in whichever language.</summary>
public sealed class Phrase
{
    /// <param name="key">The key of its text.</param>
    /// <param name="values">
    /// What is put into the text, by name: numbers, <see cref="Bytes"/>, names, other phrases or a list of them. <c>count</c> is what the plural
    /// follows.
    /// </param>
    public Phrase(string key, params IReadOnlyList<(string Name, object Value)> values) => (Key, Values) = (key, values);

    /// <summary>Something that is said in English whatever the language, because only programs are told.</summary>
    public static Phrase English(string text) => new("page.words", ("words", text));

    /// <summary>The key of its text.</summary>
    public string Key { get; }

    internal IReadOnlyList<(string Name, object Value)> Values { get; }

    /// <summary>What the plural follows; null for none.</summary>
    internal long? Count
    {
        get
        {
            foreach (var (name, value) in Values)
            {
                if (name == "count") return ((IConvertible)value).ToInt64(null);
            }

            return null;
        }
    }

    internal object this[string name] => Values.First(value => value.Name == name).Value;

    /// <summary>It in English, as the operator is told of it.</summary>
    public override string ToString() => Language.English.Say(this);
}

/// <summary>A size to be put into a <see cref="Phrase"/>.</summary>
public readonly record struct Bytes(long Count);
