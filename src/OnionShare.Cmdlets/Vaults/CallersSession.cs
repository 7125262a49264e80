using System.Management.Automation.Runspaces;
using OnionShare.Cmdlets.Pipeline;

namespace OnionShare.Cmdlets.Vaults;

/// <summary>
/// Runs commands of other modules in the session a cmdlet was called from, on the pipeline's thread, so that they find what is loaded and unlocked there and
/// can ask the person at it. What they are given are parameters, never script text.
/// </summary>
internal sealed class CallersSession(Action<string> warn, CancellationToken stopToken)
{
    /// <summary>Runs a command and gives what it wrote; its warnings are passed on.</summary>
    /// <param name="command">Its name, with its module's before it.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <exception cref="CommandNotFoundException">There is no such command.</exception>
    /// <exception cref="CommandRefusedException">It reported an error, or threw one.</exception>
    /// <exception cref="PipelineStoppedException">The person wants no more of this.</exception>
    public IReadOnlyList<PSObject> Run(string command, params (string Name, object Value)[] parameters) =>
        PipelinePump.Outside(() => RunHere(command, parameters));

    private List<PSObject> RunHere(string command, (string Name, object Value)[] parameters)
    {
        stopToken.ThrowIfCancellationRequested();
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(command);
        // Errors are to come here, whatever the session's preference is.
        shell.AddParameter("ErrorAction", ActionPreference.Continue);
        foreach (var (name, value) in parameters) shell.AddParameter(name, value);
        using var stopping = stopToken.Register(() => shell.BeginStop(null, null));
        try
        {
            var output = shell.Invoke();
            // Ctrl+C stops this pipeline before ours, and that is no error to it; but what it gave is not the answer.
            if (shell.InvocationStateInfo.State == PSInvocationState.Stopped) throw new PipelineStoppedException();
            foreach (var warning in shell.Streams.Warning) warn(warning.Message);
            if (shell.Streams.Error.Count > 0) throw new CommandRefusedException(shell.Streams.Error[0]);
            return [.. output.Where(item => item is not null)];
        }
        catch (RuntimeException failure) when (failure is not (CommandNotFoundException or PipelineStoppedException))
        {
            throw new CommandRefusedException(failure.ErrorRecord);
        }
    }
}
