using System.Text;
using System.Text.Json;

namespace OnionShare.Cmdlets.Engine;

/// <summary>What a desktop is told. A text is never script: it is data in it, encoded.</summary>
internal static class NoticeScripts
{
    private const int Longest = 300;

    /// <summary>A script of Windows PowerShell 5.1 that shows a toast; PowerShell 7 has no WinRT.</summary>
    public static string Toast(string text)
    {
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(Shown(text)));
        return $$"""
            $null = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
            $toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
            $text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{{encoded}}'))
            $lines = $toast.GetElementsByTagName('text')
            $null = $lines.Item(0).AppendChild($toast.CreateTextNode('OnionShare'))
            $null = $lines.Item(1).AppendChild($toast.CreateTextNode($text))
            $sender = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe'
            [Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($sender).Show([Windows.UI.Notifications.ToastNotification]::new($toast))

            """;
    }

    /// <summary>A script in JavaScript for osascript.</summary>
    public static string MacOS(string text) =>
        $$"""
        const app = Application.currentApplication(); app.includeStandardAdditions = true;
        app.displayNotification({{JsonSerializer.Serialize(Shown(text))}}, { withTitle: "OnionShare" });

        """;

    /// <summary>What happened, without a name of a service, a file or a person.</summary>
    public static string Nameless(OnionEventArgs what) => what switch
    {
        { Kind: OnionEventType.Transfer or OnionEventType.Progress, Transfer: { } transfer } =>
            $"{(transfer.Direction == nameof(TransferDirection.Upload) ? "An upload" : "A download")} "
            + transfer.State switch
            {
                nameof(TransferState.Completed) => $"is complete: {ByteSize.Show(transfer.Bytes)}.",
                nameof(TransferState.Cancelled) => "was cut.",
                nameof(TransferState.Failed) => "failed.",
                _ => "is under way.",
            },
        { Kind: OnionEventType.State, Service.Status: var service } => $"A {service.Mode.ToString().ToLowerInvariant()} service is {service.State}.",
        { Kind: OnionEventType.Tor } => $"tor is {what.Tor}.",
        _ => "Something needs your attention: see Watch-OnionService or Get-OnionTransfer.",
    };

    private static string Shown(string text) => RemoteText.Show(text, Longest);
}
