using System.Security;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Pipeline;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands at the other end of a service have in common: its address, its secrets, and progress.</summary>
public abstract class RemoteCommand : OnionCommand
{
    private const int ProgressId = 4;

    private readonly ProgressRecord _progress = new(ProgressId, "Onion service", "Starting");
    private bool _isShown;

    [Parameter(HelpMessage = "The password of the service, a string or a SecureString; without it, the one in the URL, or it is asked for."), Password]
    public SecureString? Password { get; set; }

    [Parameter(HelpMessage = "The client key the service asks for, a string or a SecureString."), Password]
    public SecureString? ClientKey { get; set; }

    [Parameter(HelpMessage = "The service is on this computer, at 127.0.0.1, and is visited without tor.")]
    public SwitchParameter LocalOnly { get; set; }

    /// <summary>How to get at a service with these parameters.</summary>
    private protected RemoteAccess AccessTo(string url) => new(url, Password, ClientKey, LocalOnly);

    /// <summary>
    /// Does something at a service; where it asks for a password and none was given, asks the person for it, once, unseen.
    /// </summary>
    private protected async Task AtAsync(RemoteAccess access, Func<RemoteAccess, Task> work)
    {
        try
        {
            await work(access);
        }
        catch (ProblemException wanted) when (wanted.Problem.Code == ProblemCodes.RemotePassword && access.Password is null && !access.Url.Contains('@') && CanAsk)
        {
            HideProgress();
            await work(access with { Password = AskForPassword(access) });
        }
        finally
        {
            HideProgress();
        }
    }

    /// <summary>Shows how far a transfer is; warns of what is to be known.</summary>
    private protected void Show(ClientEvent happened)
    {
        if (happened is ClientNote note)
        {
            WriteWarning(RemoteText.Show(note.Message, 1000));
            return;
        }

        if (happened is not ClientProgress step) return;
        _progress.Activity = step.Activity.Length > 0 ? RemoteText.Show(step.Activity) : "Onion service";
        _progress.StatusDescription = Words(step);
        _progress.PercentComplete = step.TotalBytes > 0 ? (int)Math.Clamp(100 * step.Bytes / step.TotalBytes.Value, 0, 100) : -1;
        _progress.SecondsRemaining = step is { TotalBytes: { } total, BytesPerSecond: > 1 } ? (int)Math.Min(int.MaxValue, (total - step.Bytes) / step.BytesPerSecond) : -1;
        _isShown = true;
        WriteProgress(_progress);
    }

    private protected void HideProgress()
    {
        if (!_isShown) return;
        _isShown = false;
        _progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(_progress);
        _progress.RecordType = ProgressRecordType.Processing;
    }

    // A session without a person has nobody to ask; its host says so by failing.
    private bool CanAsk => Environment.UserInteractive && !Console.IsInputRedirected
        && !Environment.GetCommandLineArgs().Any(argument => argument.StartsWith("-noni", StringComparison.OrdinalIgnoreCase));

    private SecureString AskForPassword(RemoteAccess access) => PipelinePump.Outside(() =>
    {
        Host.UI.Write($"Password of {access.Shown}: ");
        return Host.UI.ReadLineAsSecureString();
    });

    private string Words(ClientProgress step)
    {
        if (step.Bytes == 0 && step.TotalBytes is null or 0) return "Waiting for the service";
        var text = ByteSize.Show(step.Bytes) + (step.TotalBytes is { } total ? $" of {ByteSize.Show(total)}" : "");
        if (step.BytesPerSecond > 0) text += $", {ByteSize.Show((long)step.BytesPerSecond)}/s";
        return step.Connections > 1 ? $"{text}, {step.Connections} {(LocalOnly ? "connections" : "circuits")}" : text;
    }
}
