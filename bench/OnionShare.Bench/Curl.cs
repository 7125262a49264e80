using System.Diagnostics;
using System.Globalization;

namespace OnionShare.Bench;

/// <summary>curl as the client, the same for everybody.</summary>
internal static class Curl
{
    /// <summary>Downloads and throws away; returns bytes per second.</summary>
    public static async Task<double> RateAsync(string url, params string[] arguments) => double.Parse(
        await RunAsync(["-sS", "-f", "-o", "/dev/null", "-w", "%{speed_download}", .. arguments, url]), CultureInfo.InvariantCulture);

    /// <summary>Waits until the hash of a download is known: whoever finds it reads the file meanwhile, once, and is not what is measured.</summary>
    public static async Task HashedAsync(string url)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            if ((await RunAsync(["-sS", "-f", "-I", url])).Contains("\nRepr-Digest:", StringComparison.OrdinalIgnoreCase)) return;
            await Task.Delay(100);
        }

        throw new InvalidOperationException($"The hash of {url} was not found.");
    }

    /// <summary>Runs curl; returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        var (code, output, errors) = await TryAsync(arguments);
        return code == 0 ? output : throw new InvalidOperationException($"curl failed with {code}: {errors}");
    }

    /// <summary>Runs curl; returns its exit code and what it printed.</summary>
    public static async Task<(int Code, string Output, string Errors)> TryAsync(IEnumerable<string> arguments)
    {
        using var curl = Process.Start(new ProcessStartInfo("curl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = curl.StandardOutput.ReadToEndAsync();
        var errors = curl.StandardError.ReadToEndAsync();
        await curl.WaitForExitAsync();
        return (curl.ExitCode, await output, await errors);
    }
}
