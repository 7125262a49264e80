using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace OnionShare.Engine.Tests.Archive;

/// <summary>The programs people open zips with.</summary>
internal static class ZipTools
{
    private const string PythonTest = """
        import sys, zipfile
        with zipfile.ZipFile(sys.argv[1]) as z:
            bad = z.testzip()
            print(len(z.namelist()))
            sys.exit(0 if bad is None else bad)
        """;

    /// <summary>The tools.</summary>
    public static TheoryData<string> All => ["unzip", "7z", "python3"];

    /// <summary>Has a tool check a whole archive; returns what it printed.</summary>
    public static async Task<string> TestAsync(string tool, string archive)
    {
        string[] arguments = tool switch
        {
            "unzip" => ["-t", "-q", archive],
            "7z" => ["t", archive],
            _ => ["-c", PythonTest, archive],
        };
        var (exit, output) = await RunAsync(tool, arguments);

        // unzip's way to say that an archive without entries is none is exit code 1, with a warning.
        Assert.True(exit == 0 || (tool == "unzip" && exit == 1 && output.Contains("zipfile is empty")), $"{tool} said {exit}: {output}");
        return output;
    }

    /// <summary>Has a tool write one entry to its output.</summary>
    public static async Task<string> ReadAsync(string tool, string archive, string entry)
    {
        string[] arguments = tool switch
        {
            "unzip" => ["-p", archive, entry],
            "7z" => ["e", "-so", archive, entry],
            _ => ["-c", "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))", archive, entry],
        };
        var (exit, output) = await RunAsync(tool, arguments);
        Assert.True(exit == 0, $"{tool} said {exit}: {output}");
        return output;
    }

    /// <summary>Runs a tool, or skips the test where there is none.</summary>
    public static async Task<(int Exit, string Output)> RunAsync(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(Requires.Found<string>(null, tool, $"apt install {tool switch { "7z" => "7zip", "java" => "default-jdk-headless", _ => tool }}"), missing);
        }

        using (process)
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync(Cancel);
            var output = await process.StandardOutput.ReadToEndAsync(Cancel);
            await process.WaitForExitAsync(Cancel);
            return (process.ExitCode, output + await error);
        }
    }
}
