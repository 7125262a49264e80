using OnionShare.Engine.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Files;

public sealed class NaturalOrderTests : IDisposable
{
    private static readonly string[] Ordered =
    [
        "", "1", "2", "10", "007", "7 apples", "99999999999999999999998", "99999999999999999999999", "a", "A1", "a01", "a1b", "a2", "a10", "file 1.txt", "file 2.txt", "file 10.txt",
        "IMG_9.jpg", "img_0010.jpg", "IMG_11.jpg", "Zeta", "über", "文",
    ];

    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_in_names_count_as_numbers_whatever_their_length_and_case_counts_last()
    {
        var expected = Ordered.Where(static name => name is not ("007" or "7 apples")).ToArray();
        var shuffled = expected.ToArray();
        new Random(1).Shuffle(shuffled);
        Assert.Equal(expected, shuffled.Order(NaturalOrder.Instance));
    }

    [Fact]
    public void It_is_an_order_no_two_names_are_the_same_and_no_three_go_round_in_a_circle()
    {
        foreach (var a in Ordered)
        {
            foreach (var b in Ordered)
            {
                Assert.Equal(Math.Sign(NaturalOrder.Instance.Compare(a, b)), -Math.Sign(NaturalOrder.Instance.Compare(b, a)));
                Assert.Equal(a == b, NaturalOrder.Instance.Compare(a, b) == 0);
                foreach (var c in Ordered)
                {
                    if (NaturalOrder.Instance.Compare(a, b) < 0 && NaturalOrder.Instance.Compare(b, c) < 0) Assert.True(NaturalOrder.Instance.Compare(a, c) < 0, $"{a}, {b}, {c}");
                }
            }
        }
    }

    [Fact]
    public void What_is_shared_is_in_that_order_and_each_name_is_found_also_in_another_form_of_Unicode()
    {
        foreach (var name in (string[])["file 10.txt", "file 2.txt", "file 1.txt", "Cafe\u0301.txt", "folder 10/x", "folder 9/x"]) _folder.Write(name, "");
        var tree = _folder.Scan();
        Assert.Equal(["folder 9", "folder 10", "Cafe\u0301.txt", "file 1.txt", "file 2.txt", "file 10.txt"], tree.Root.Children.Select(static child => child.Name));
        Assert.All(tree.Root.Children, child => Assert.Same(child, tree.Find(child.Name)));
        Assert.Equal("Cafe\u0301.txt", tree.Find("Caf\u00E9.txt")!.Name);
        Assert.Null(tree.Find("Cafe.txt"));
    }
}
