using OnionShare.Engine.Modes.Chat;
using OnionShare.Engine.Passwords;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Chat;

public sealed class MemberNameTests
{
    [Theory]
    [InlineData("admin", "Admin")]
    [InlineData("admin", "аdmin")] // Cyrillic a, alone in a Latin word: refused for the mix as well
    [InlineData("copa", "сора")] // all Cyrillic
    [InlineData("scope", "ѕсоре")]
    [InlineData("ada lovelace", "Ada-Lovelace")]
    [InlineData("ada lovelace", "ada\u00A0 lovelace")]
    [InlineData("admin", "ad\u200Bmin")]
    [InlineData("admin", "\u202Eadmin")]
    [InlineData("admin", "ad\u00ADmin")]
    [InlineData("admin", "admin\uFE0F")]
    [InlineData("admin", "ad\u034Fmin")]
    [InlineData("admin", "admin\U000E0041")]
    [InlineData("admin", "ａｄｍｉｎ")]
    [InlineData("admin", "𝐚𝐝𝐦𝐢𝐧")]
    [InlineData("admin", "ⓐⓓⓜⓘⓝ")]
    [InlineData("admin", "adm1n")]
    [InlineData("admin", "admın")]
    [InlineData("admin", "adrnin")]
    [InlineData("admin", "ádmin")]
    [InlineData("admin", "a\u0301dmin")]
    [InlineData("admin", ".admin.")]
    [InlineData("Ilya", "llya")]
    [InlineData("bob", "b0b")]
    [InlineData("Olga", "0lga")]
    [InlineData("strasse", "straße")]
    [InlineData("οδυσσεύς", "ΟΔΥΣΣΕΎΣ")]
    [InlineData("WALLY", "VVALLY")]
    [InlineData("sky", "ꮪky")]
    public void Names_that_look_alike_have_one_skeleton(string name, string other) => Assert.Equal(NameSkeleton.Of(name), NameSkeleton.Of(other));

    [Theory]
    [InlineData("amber-river", "amber-raven")]
    [InlineData("ann", "anna")]
    [InlineData("José", "Josefa")]
    [InlineData("Иван", "Ивана")]
    [InlineData("नमन", "नमि")]
    [InlineData("小明", "小红")]
    [InlineData("😀", "🎉")]
    [InlineData("محمد", "محمود")]
    public void Names_that_differ_to_the_eye_have_different_skeletons(string name, string other) =>
        Assert.NotEqual(NameSkeleton.Of(name), NameSkeleton.Of(other));

    [Fact]
    public void Every_name_the_room_draws_can_be_taken_and_few_of_them_look_alike()
    {
        var skeletons = PasswordGenerator.Words.Select(word =>
        {
            Assert.True(MemberName.TryCreate(word + "-" + word, out var name, out var reason), reason?.ToString());
            Assert.Equal(word + "-" + word, name.Text);
            return name.Skeleton;
        }).ToHashSet();
        Assert.True(skeletons.Count > 0.99 * PasswordGenerator.ListLength, $"only {skeletons.Count} skeletons");
    }

    [Theory]
    [InlineData("  Ada   Lovelace ", "Ada Lovelace")]
    [InlineData("Zoe\u0308", "Zoë")]
    [InlineData("a\u200Bb\u202Ec", "abc")]
    [InlineData("Дима DJ", "Дима DJ")]
    [InlineData("小明", "小明")]
    [InlineData("محمد", "محمد")]
    [InlineData("❤\uFE0F Bob", "❤ Bob")]
    [InlineData("<b>x</b>", "<b>x</b>")]
    public void A_name_is_kept_as_it_was_checked(string typed, string kept)
    {
        Assert.True(MemberName.TryCreate(typed, out var name, out var reason), reason?.ToString());
        Assert.Equal(kept, name.Text);
        Assert.True(MemberName.TryCreate(kept, out var again, out _));
        Assert.Equal(name, again);
    }

    [Theory]
    [InlineData("", "A name needs at least one visible character.")]
    [InlineData(" \u00A0\u3000 ", "A name needs at least one visible character.")]
    [InlineData("\u200B\u2060\u3164\u2800", "A name needs at least one visible character.")]
    [InlineData("-._!?", "A name needs at least one letter, digit or symbol.")]
    [InlineData("a\0b", "That name holds a character that can't be shown.")]
    [InlineData("a\nb", "That name holds a character that can't be shown.")]
    [InlineData("a\u001B[31mb", "That name holds a character that can't be shown.")]
    [InlineData("a\uE000b", "That name holds a character that can't be shown.")]
    [InlineData("a\u2028b", "That name holds a character that can't be shown.")]
    [InlineData("a\uFFFEb", "That name holds a character that can't be shown.")]
    [InlineData("a\uFFFFb", "That name holds a character that can't be shown.")]
    [InlineData("a\uFDD0b", "That name holds a character that can't be shown.")]
    [InlineData("a\U0010FFFFb", "That name holds a character that can't be shown.")]
    [InlineData("Z\u0337\u034E\u0312\u0348\u0311a", "That name has too many marks on one letter.")]
    [InlineData("pаypal", "A word of that name mixes alphabets whose letters look alike.")]
    [InlineData("Αlice", "A word of that name mixes alphabets whose letters look alike.")]
    public void A_name_that_can_not_be_shown_or_told_apart_is_refused_with_a_reason(string typed, string expected)
    {
        Assert.False(MemberName.TryCreate(typed, out var name, out var reason));
        Assert.Null(name);
        Assert.Equal(expected, reason.ToString());
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(1_000_000, false)]
    public void A_name_has_up_to_64_characters(int length, bool isTaken)
    {
        Assert.Equal(isTaken, MemberName.TryCreate(new string('a', length), out _, out var reason));
        Assert.Equal(isTaken ? null : "A name has up to 64 characters.", reason?.ToString());
    }

    [Fact]
    public void A_broken_character_is_refused() // a lone surrogate can't stand in an attribute
    {
        Assert.False(MemberName.TryCreate("a" + (char)0xD800, out _, out var reason));
        Assert.Equal("That name holds a broken character.", reason.ToString());
    }
}
