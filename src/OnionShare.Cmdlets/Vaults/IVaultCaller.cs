using System.Management.Automation;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Vaults;

/// <summary>The command that works on what a vault keeps.</summary>
internal interface IVaultCaller
{
    /// <summary>Asks the engine, starting one if none runs.</summary>
    Task<T> AskAsync<T>(Func<EngineClient, Task<T>> ask);

    /// <summary>Asks the engine, starting one if none runs.</summary>
    Task AskAsync(Func<EngineClient, Task> ask);

    void WriteError(ErrorRecord error);
}
