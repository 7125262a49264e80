using System.Management.Automation.Runspaces;
using System.Reflection;

namespace OnionShare;

/// <summary>
/// Gives the module's objects the hidden properties of <see cref="OnionText"/> when it is imported. Not by a types file: where another copy of the
/// module is imported beside this one, each property would be there already, which ends the import.
/// </summary>
public sealed class ViewProperties : IModuleAssemblyInitializer
{
    private static readonly Type[] Shown =
    [
        typeof(OnionService), typeof(OnionSavedService), typeof(OnionAccess), typeof(OnionTransfer), typeof(OnionEngine), typeof(OnionTor),
        typeof(OnionTorSettings), typeof(OnionTorInstallation), typeof(OnionBridgeOffer), typeof(OnionRemoteFile), typeof(OnionSentFile), typeof(OnionMessage),
    ];

    // What is made of the whole of a service; the others show the property they are named after.
    private static readonly HashSet<string> OfServices =
    [
        nameof(OnionText.StateText), nameof(OnionText.ContentText), nameof(OnionText.EndsText), nameof(OnionText.AgeText),
        nameof(OnionText.ShortAddressText), nameof(OnionText.SavedText),
    ];

    // By its type: by its name PowerShell would import all of Microsoft.PowerShell.Utility first, a third of what the import of this module takes.
    private static readonly CmdletInfo UpdateTypeData = new(
        "Update-TypeData", Type.GetType("Microsoft.PowerShell.Commands.UpdateTypeDataCommand, Microsoft.PowerShell.Commands.Utility", throwOnError: true)!);

    public void OnImport()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(UpdateTypeData).AddParameter("TypeData", Array.ConvertAll(Shown, DataOf)).AddParameter("Force");
        shell.Invoke();
    }

    private static TypeData DataOf(Type type)
    {
        var data = new TypeData(type.FullName);
        foreach (var show in typeof(OnionText).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.ReturnType == typeof(object)))
        {
            var isOfType = OfServices.Contains(show.Name) ? type == typeof(OnionService) : type.GetProperty(show.Name[..^"Text".Length]) is not null;
            if (isOfType) data.Members.Add(show.Name, new CodePropertyData(show.Name, show) { IsHidden = true });
        }

        return data;
    }
}
