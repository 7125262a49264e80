using System.CommandLine;

namespace OnionShare.Engine.Cli;

/// <summary><c>chat</c>: a room that lives until somebody stops it, and of which nothing is left then.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var common = new ServiceOptions();
        var remote = new RemoteOptions();
        var command = new Command("chat", "Run a chat room that stores nothing; or, with a URL, enter somebody else's.");
        common.AddTo(command);
        remote.AddToChat(command);
        command.SetAction((parsed, _) => remote.HasUrl(parsed) ? RemoteCommands.ChatAsync(parsed, remote) : ForegroundService.RunAsync(
            EngineSettings.Read(parsed), () => common.Apply(parsed, new ChatRequest()), common.WantsQr(parsed)));
        return command;
    }
}
