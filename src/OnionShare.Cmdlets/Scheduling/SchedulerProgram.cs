using System.ComponentModel;
using System.Diagnostics;

namespace OnionShare.Cmdlets.Scheduling;

/// <summary>Runs a scheduler's program. Its arguments are a list: no shell reads them.</summary>
internal static class SchedulerProgram
{
    extension(ProgramResult answer)
    {
        public bool IsGood => answer.ExitCode == 0;

        /// <summary>Why not, in its words.</summary>
        public string Words => RemoteText.Show(
            (answer.Errors.Trim() is { Length: > 0 } errors ? errors : answer.Output.Trim() is { Length: > 0 } output ? output : $"exit code {answer.ExitCode}")
                .ReplaceLineEndings(" "), 500);
    }

    /// <exception cref="ProblemException">The program is not there.</exception>
    public static async Task<ProgramResult> RunAsync(string scheduler, string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            var process = Process.Start(RunProgram.Start(program, arguments)) ?? throw new Win32Exception("no process was made");
            return await process.ToEndAsync("", cancellationToken);
        }
        catch (Win32Exception missing)
        {
            throw SchedulerProblem.NotHere(scheduler, $"{program} can't be run ({missing.Message})", missing);
        }
    }
}
