using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using Microsoft.PowerShell;

// Runs 1.ps1, 2.ps1 … of the folder it is given, each as it appears there, in one session; what a script says goes to N.out, then N.done is 0 or 1.
// Files are all that passes between Windows programs and others without a console under Wine.
var folder = args[0];
var state = InitialSessionState.CreateDefault();
state.ExecutionPolicy = ExecutionPolicy.Bypass;
using var runspace = RunspaceFactory.CreateRunspace(state);
runspace.Open();
for (var number = 1; ; number++)
{
    var script = Path.Combine(folder, $"{number}.ps1");
    while (!File.Exists(script)) Thread.Sleep(20);

    var said = new StringBuilder();
    var failed = false;
    using (var shell = PowerShell.Create(runspace))
    {
        shell.AddScript("$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue'\n" + File.ReadAllText(script));
        try
        {
            foreach (var item in shell.Invoke()) said.Append(item).Append('\n');
        }
        catch (RuntimeException failure)
        {
            failed = true;
            said.Append(failure.ErrorRecord.FullyQualifiedErrorId).Append(": ").Append(failure.Message).Append('\n');
        }

        foreach (var warning in shell.Streams.Warning) said.Append("WARNING: ").Append(warning.Message).Append('\n');
    }

    File.WriteAllText(Path.Combine(folder, $"{number}.out"), said.ToString());
    File.WriteAllText(Path.Combine(folder, $"{number}.done.new"), failed ? "1" : "0");
    File.Move(Path.Combine(folder, $"{number}.done.new"), Path.Combine(folder, $"{number}.done"));
}
