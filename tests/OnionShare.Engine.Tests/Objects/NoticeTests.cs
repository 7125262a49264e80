extern alias cmdlets;
using System.Text;
using System.Text.RegularExpressions;
using cmdlets::OnionShare;
using cmdlets::OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Objects;

/// <summary>What a desktop is told by -Notify.</summary>
public sealed class NoticeTests
{
    private static readonly Transfer Upload = new()
    {
        Id = 1,
        ServiceId = "1",
        ServiceName = "source",
        Direction = TransferDirection.Upload,
        State = TransferState.Completed,
        Name = "leak.pdf",
        Bytes = 2048,
        StartedAt = DateTimeOffset.UnixEpoch,
    };

    private static readonly ServiceStatus Chat = new()
    {
        Id = "1",
        Name = "meeting",
        Title = "t",
        Mode = ServiceMode.Chat,
        State = ServiceState.Stopped,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void What_stands_in_the_arguments_of_a_process_has_no_name_in_it()
    {
        OnionEventArgs[] all =
        [
            new(OnionEventType.Transfer, default, EventWords.Of(Upload, false)) { Transfer = new OnionTransfer(Upload) },
            new(OnionEventType.State, default, EventWords.Of(Chat)) { Service = new OnionService(Chat) },
            new(OnionEventType.Warning, default, "'meeting': leak.pdf changed"),
        ];
        Assert.Equal(
            ["An upload is complete: 2.0 KiB.", "A chat service is Stopped.", "Something needs your attention: see Watch-OnionService or Get-OnionTransfer."],
            all.Select(NoticeScripts.Nameless));
    }

    [Theory]
    [InlineData("'); Remove-Item x #")]
    [InlineData("\"); doShellScript(\"x")]
    [InlineData("$(x) `y` <b>&amp;\\")]
    public void A_text_is_data_in_the_scripts_and_never_script(string text)
    {
        var toast = NoticeScripts.Toast(text);
        Assert.DoesNotContain(text, toast, StringComparison.Ordinal);
        Assert.Equal(text, Encoding.UTF8.GetString(Convert.FromBase64String(Regex.Match(toast, @"FromBase64String\('([A-Za-z0-9+/=]*)'\)").Groups[1].Value)));

        var literal = Regex.Match(NoticeScripts.MacOS(text), @"displayNotification\((""(?:[^""\\]|\\.)*""), \{ withTitle: ""OnionShare"" \}\);\s*$").Groups[1].Value;
        Assert.Equal(text, System.Text.Json.JsonSerializer.Deserialize<string>(literal));
    }

    [Theory]
    [InlineData(ServiceState.Stopped, StopReason.Downloaded, true)]
    [InlineData(ServiceState.Stopped, StopReason.Requested, false)]
    [InlineData(ServiceState.Failed, StopReason.Failed, true)]
    [InlineData(ServiceState.Running, null, false)]
    public void An_end_that_somebody_asked_for_is_no_news(ServiceState state, StopReason? reason, bool isNotable) =>
        Assert.Equal(isNotable, DesktopNotices.IsNotable(
            new(OnionEventType.State, default, "") { Service = new OnionService(Chat with { State = state, StopReason = reason }) }));
}
