using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Modes.Chat;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>The JSON of a chat room, its names, and its words.</summary>
internal sealed class ChatTarget : Target<ChatTarget.Words>
{
    private const int MostBytes = 16 * 1024;

    public override string Name => "chat";

    public override int Count => 60_000;

    protected override Gen<Words> Inputs { get; } = Gen.Select(
        Mutation.Of(Corpus.Bytes("chat"), "\"type\":", "\"join\"", "\"say\"", "\"rename\"", "\"n\":", "\"text\":", "\"name\":", "\"token\":", "\\u0000", "\\ud83e", "true"), Fuzz.Inputs.Words.Texts,
        (json, text) => new Words(json, text));

    protected override Task JudgeAsync(Words input)
    {
        switch (ChatJson.Read(input.Json))
        {
            case Say say:
                Say(say.Text);
                break;
            case Rename rename:
                Join(rename.Name);
                break;
            case Join { Name: { } name }:
                Join(name);
                break;
        }

        Say(input.Text);
        Join(input.Text);
        var shown = RemoteText.Show(input.Text, 40);
        NotHeldException.Unless(shown.EnumerateRunes().All(static rune => RemoteText.IsHarmless(rune) || rune.Value is 0x200C or 0x200D), $"what is shown is not harmless: {shown}");
        NotHeldException.Unless(shown.Length <= 60, $"what is shown is too long: {shown.Length}");
        return Task.CompletedTask;
    }

    protected override string Show(Words input) => $"{Corpus.Escape(input.Json)} and {Fuzz.Inputs.Words.Show(input.Text)}";

    private static void Say(string text)
    {
        if (MessageText.Clean(text, MostBytes, out var refused) is not { } clean)
        {
            NotHeldException.Unless(refused is not null, "refused without a reason: see the input");
            return;
        }

        NotHeldException.Unless(!clean.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\t')), "a control character in a message: see the input");
        NotHeldException.Unless(MessageText.Clean(clean, 16 * MostBytes, out _) == clean, "a clean message is not clean: see the input");
    }

    private static void Join(string typed)
    {
        if (!MemberName.TryCreate(typed, out var name, out var reason))
        {
            NotHeldException.Unless(reason is not null, "refused without a reason: see the input");
            return;
        }

        NotHeldException.Unless(name.Text.EnumerateRunes().All(RemoteText.IsHarmless) && name.Text.Trim() == name.Text && name.Text.Length is > 0 and <= MemberName.MaxLength, "a name that must not be: see the input");
        NotHeldException.Unless(MemberName.TryCreate(name.Text, out var again, out _) && again == name, "a name that was taken is another, or none, when it is read again: see the input");
        NotHeldException.Unless(name.Text.IsNormalized(NormalizationForm.FormC), "a name that is not normalised: see the input");
    }

    /// <summary>What a visitor sends.</summary>
    /// <param name="Json">A message.</param>
    /// <param name="Text">A text or name.</param>
    internal sealed record Words(byte[] Json, string Text);
}
