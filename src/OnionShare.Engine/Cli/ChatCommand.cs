using System.CommandLine;
using OnionShare.Contracts;

namespace OnionShare.Engine.Cli;

/// <summary><c>chat</c>: a room that lives until somebody stops it, and of which nothing is left then.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var common = new ServiceOptions();
        var command = new Command("chat", "Run a chat room that stores nothing.");
        common.AddTo(command);
        command.SetAction((parsed, _) => ForegroundService.RunAsync(
            EngineSettings.Read(parsed), () => common.Apply(parsed, new ChatRequest()), common.WantsQr(parsed)));
        return command;
    }
}
