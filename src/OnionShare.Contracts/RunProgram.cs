using System.Diagnostics;

namespace OnionShare.Contracts;

/// <summary>What a program gave: what it wrote to its standard output and error, and 0 where it did what it was asked.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Errors);

public static class RunProgram
{
    /// <summary>The folders that are searched for programs, as the variable PATH has them: relative ones, too.</summary>
    public static IReadOnlyList<string> Path => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>How to start a program whose standard streams are ours. Its arguments are a list: no shell reads them.</summary>
    public static ProcessStartInfo Start(string program, IEnumerable<string> arguments) => new(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
        CreateNoWindow = true,
    };

    /// <summary>Gives a process its input and waits for its end. One that has not ended when the wait does is killed; the process is disposed of.</summary>
    /// <exception cref="IOException">It did not take its input.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static async Task<ProgramResult> ToEndAsync(this Process process, string input, CancellationToken cancellationToken)
    {
        using var owned = process;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            if (input.Length > 0) await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(cancellationToken);
            return new ProgramResult(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}
