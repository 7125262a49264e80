using OnionShare.Contracts;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Storage;

public sealed class PrivateFolderTests
{
    [Fact]
    public void A_link_is_not_taken_for_a_folder()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: on Windows the folder lies in the user's profile");
            return;
        }

        using var scratch = new Scratch();
        var elsewhere = Directory.CreateDirectory(scratch.At("elsewhere")).FullName;
        const UnixFileMode open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead;
        File.SetUnixFileMode(elsewhere, open);
        Directory.CreateSymbolicLink(scratch.At("state"), elsewhere);

        var refused = Assert.Throws<ProblemException>(() => PrivateFolder.Ensure(scratch.At("state")));

        Assert.Equal(ProblemCodes.StateFolder, refused.Problem.Code);
        Assert.Contains("it is a link", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Equal(open, File.GetUnixFileMode(elsewhere));
    }
}
