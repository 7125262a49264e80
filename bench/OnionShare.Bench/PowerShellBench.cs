using System.Diagnostics;
using System.Globalization;

namespace OnionShare.Bench;

/// <summary>How long people wait in PowerShell: for the module, for the first service, which starts the engine, and for the next.</summary>
internal sealed class PowerShellBench(Workplace workplace, bool quick)
{
    private readonly int _runs = quick ? 3 : 9;

    // ONIONSHARE_PWSH, or the one that tests/OnionShare.Pwsh makes; bench/run.sh sees to it that there is one.
    private static string Program { get; } = Environment.GetEnvironmentVariable("ONIONSHARE_PWSH") is { Length: > 0 } named
        ? named
        : Path.Combine(Workplace.RepositoryRoot, "out", "pwsh", "pwsh");

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var script = Path.Combine(workplace.Folder, "measure.ps1");
        var file = workplace.RandomFile("powershell/a.bin", 1000);
        // The engine ends by itself when it has had nothing to run for a minute: it is looked at long before.
        await File.WriteAllTextAsync(script, """
            param($Module, $File)
            $ErrorActionPreference = 'Stop'
            $clock = [Diagnostics.Stopwatch]::StartNew()
            Import-Module $Module
            $import = $clock.Elapsed.TotalSeconds
            $clock.Restart()
            $service = Start-OnionShare -LiteralPath $File -LocalOnly
            $first = $clock.Elapsed.TotalSeconds
            $clock.Restart()
            $again = Start-OnionShare -LiteralPath $File -LocalOnly
            $second = $clock.Elapsed.TotalSeconds
            $service, $again | Stop-OnionService -Force
            Start-Sleep 5
            $engine = (Get-OnionEngine).ProcessId
            $rest = (Get-Process -Id $engine).WorkingSet64
            $share = 1024 * (Select-String '^Pss: +(\d+) kB' /proc/$engine/smaps_rollup).Matches[0].Groups[1].Value
            Stop-OnionEngine -Force
            [string]::Join(' ', ($import, $first, $second, $rest, $share | ForEach-Object { $_.ToString([cultureinfo]::InvariantCulture) }))
            """);
        var (own, import, first, again, rest, share) =
            (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var run = -1; run < _runs; run++)
        {
            var clock = Stopwatch.StartNew();
            await RunAsync("-Command", "exit");
            var started = clock.Elapsed.TotalSeconds;
            var figures = (await RunAsync("-File", script, Path.Combine(Workplace.RepositoryRoot, "module", "OnionShare.psd1"), file))
                .Split(' ').Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
            Console.Error.WriteLine($"Run {run + 1}: own start {started.Seconds()}, import {figures[0].Seconds()}, first {figures[1].Seconds()}, again {figures[2].Seconds()}");
            if (run < 0) continue; // the first fills the system's cache
            own.Add(started);
            import.Add(figures[0]);
            first.Add(figures[1]);
            again.Add(figures[2]);
            rest.Add(figures[3]);
            share.Add(figures[4]);
        }

        var peer = $"the start of that PowerShell {own.Median().Seconds()}";
        return
        [
            new Row("Import-Module", import.Median().Seconds(), peer, import.Over(own).Ratio()),
            new Row("the first Start-OnionShare -LocalOnly of a session, which starts the engine", first.Median().Seconds(), peer, first.Over(own).Ratio()),
            new Row("the same command again", again.Median().Milliseconds(), "–", "–"),
            new Row("resident memory of that engine, five seconds after its services were stopped", ((long)rest.Median()).Megabytes(), "–", "–"),
            new Row("… counted by half where the PowerShell beside it has the same page (PSS)", ((long)share.Median()).Megabytes(), "–", "–"),
        ];
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, ["-NoProfile", "-NonInteractive", .. arguments]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["ONIONSHARE_HOME"] = workplace.Home("powershell-home");
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{Program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
