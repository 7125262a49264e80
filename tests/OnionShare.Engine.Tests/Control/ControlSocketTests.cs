using OnionShare.Engine.Control;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>The place of an engine when it is taken away.</summary>
public sealed class ControlSocketTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    // Row D5: who lost the place to another has to know, since nobody could stop it any more.
    [Fact]
    public void One_whose_place_was_removed_and_taken_by_another_can_not_have_it_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: what is in use can't be removed on Windows");
        Assert.True(ControlSocket.TryTake(_scratch.State, out var first));
        using (first)
        {
            File.WriteAllText(first.Path, "");
            first.Bound();
            Assert.False(first.IsLost);
            Directory.Delete(Path.Combine(_scratch.State, "run"), recursive: true);
            Assert.True(first.IsLost);
            Assert.True(ControlSocket.TryTake(_scratch.State, out var second));
            File.WriteAllText(second.Path, "the other's");

            Assert.False(first.TryRegain());
            first.Dispose();
            Assert.True(File.Exists(second.Path));
            second.Dispose();
            Assert.False(File.Exists(second.Path));
        }
    }
}
