using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>The first command of the README, as it is written there.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task The_first_command_shares_the_README_to_a_visitor_and_ends_after_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: the command is started with /bin/sh");
        var readme = Path.Combine(Repository.Root, "README.md");
        var command = (await File.ReadAllLinesAsync(readme, Cancel))
            .First(line => line.StartsWith("dotnet run ", StringComparison.Ordinal)).Split('#')[0].Trim();
        // Built already, and not to be built again beside the tests that use it; all else as it stands there.
        command = command.Replace("dotnet run ", $"dotnet run --no-build -c {Configuration} ", StringComparison.Ordinal);

        await using var program = EngineProcess.StartShell(_scratch, $"cd '{Repository.Root}' && DOTNET_NOLOGO=1 exec {command}");
        using var visitor = new Visitor(await program.UrlAsync());
        var downloaded = await visitor.DownloadAsync();

        Assert.Equal(await File.ReadAllBytesAsync(readme, Cancel), downloaded);
        Assert.Equal(0, await program.ExitAsync());
    }

    private static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
}
