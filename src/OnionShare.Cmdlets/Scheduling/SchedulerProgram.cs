using System.ComponentModel;
using System.Diagnostics;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Scheduling;

/// <param name="ExitCode">0 where it did what it was asked.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Errors">What it wrote to standard error.</param>
internal sealed record SchedulerAnswer(int ExitCode, string Output, string Errors)
{
    public bool IsGood => ExitCode == 0;

    /// <summary>Why not, in its words.</summary>
    public string Words => Contracts.RemoteText.Show(
        (Errors.Trim() is { Length: > 0 } errors ? errors : Output.Trim() is { Length: > 0 } output ? output : $"exit code {ExitCode}")
            .ReplaceLineEndings(" "), 500);
}

/// <summary>Runs a scheduler's program. Its arguments are a list: no shell reads them.</summary>
internal static class SchedulerProgram
{
    /// <exception cref="ProblemException">The program is not there.</exception>
    public static async Task<SchedulerAnswer> RunAsync(
        string scheduler, string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            var process = Process.Start(RunProgram.Start(program, arguments)) ?? throw new Win32Exception("no process was made");
            var (code, output, errors) = await process.ToEndAsync("", cancellationToken);
            return new SchedulerAnswer(code, output, errors);
        }
        catch (Win32Exception missing)
        {
            throw SchedulerProblem.NotHere(scheduler, $"{program} can't be run ({missing.Message})", missing);
        }
    }
}
