using OnionShare.Engine.Passwords;
using Xunit;

namespace OnionShare.Engine.Tests.Passwords;

public sealed class PasswordGeneratorTests
{
    [Fact]
    public void The_list_has_2048_different_plain_words_in_order()
    {
        var words = PasswordGenerator.Words;
        Assert.Equal(2048, words.Count);
        Assert.Equal(2048, words.Distinct().Count());
        Assert.All(words, word => Assert.Matches("^[a-z]{4,8}$", word));
        Assert.Equal(words.Order(StringComparer.Ordinal), words);
    }

    [Fact]
    public void No_word_begins_with_another()
    {
        var words = PasswordGenerator.Words; // sorted: a beginning stands right before what begins with it
        Assert.All(Enumerable.Range(1, words.Count - 1), i => Assert.False(words[i].StartsWith(words[i - 1], StringComparison.Ordinal), words[i]));
    }

    [Fact]
    public void No_word_becomes_another_by_one_mistyped_letter()
    {
        var words = PasswordGenerator.Words;
        var known = words.ToHashSet();
        // Two words are one letter apart if they are equal once a letter of each is replaced by a mark, or one letter of one is left out.
        var marked = words.SelectMany(word => Enumerable.Range(0, word.Length).Select(i => $"{word[..i]}*{word[(i + 1)..]}")).ToList();
        var shortened = words.SelectMany(word => Enumerable.Range(0, word.Length).Select(i => word.Remove(i, 1)));
        Assert.Equal(marked.Count, marked.Distinct().Count());
        Assert.DoesNotContain(shortened, known.Contains);
    }

    [Fact]
    public void A_password_has_three_words_of_the_list_and_at_least_33_bits()
    {
        var words = PasswordGenerator.Password(20).Split('-');
        Assert.Equal(3, words.Length);
        Assert.All(words, word => Assert.Contains(word, PasswordGenerator.Words));
        Assert.True(words.Length * Math.Log2(PasswordGenerator.Words.Distinct().Count()) >= 33);
    }

    [Fact]
    public void Draws_differ_and_reach_the_whole_list_at_every_place()
    {
        var draws = Enumerable.Range(0, 40_000).Select(_ => PasswordGenerator.Password(20)).ToList();
        Assert.InRange(draws.Distinct().Count(), draws.Count - 5, draws.Count);
        for (var place = 0; place < 3; place++) Assert.Equal(2048, draws.Select(draw => draw.Split('-')[place]).Distinct().Count());
    }

    [Fact]
    public void A_password_that_may_be_guessed_without_an_end_has_55_bits() =>
        Assert.Equal(5, PasswordGenerator.Password(0).Split('-').Length);

    [Fact]
    public void A_name_has_two_words() => Assert.Matches("^[a-z]{4,8}-[a-z]{4,8}$", PasswordGenerator.TwoWords());
}
