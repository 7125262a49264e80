namespace OnionShare.ChatBench;

/// <summary>What to measure.</summary>
/// <param name="Url">The service: <c>http://onionshare:password@127.0.0.1:port</c>.</param>
/// <param name="Members">How many members join.</param>
/// <param name="Speakers">How many of them speak.</param>
/// <param name="Seconds">For how long they speak.</param>
/// <param name="Rate">Messages a second of each speaker.</param>
/// <param name="SocketIo">Whether the room is one of OnionShare (Python), which speaks Socket.IO.</param>
internal sealed record Options(Uri Url, int Members, int Speakers, int Seconds, double Rate, bool SocketIo)
{
    public const string Usage = "usage: chat-bench ours|socket.io URL [--members 500] [--speakers 10] [--seconds 30] [--rate 1]";

    /// <summary>Reads the arguments; null when they are not understood.</summary>
    public static Options? Parse(string[] args)
    {
        if (args.Length < 2 || args.Length % 2 != 0 || args[0] is not ("ours" or "socket.io")) return null;
        if (!Uri.TryCreate(args[1], UriKind.Absolute, out var url)) return null;
        var options = new Options(url, 500, 10, 30, 1, args[0] == "socket.io");
        for (var i = 2; i < args.Length; i += 2)
        {
            if (!double.TryParse(args[i + 1], System.Globalization.CultureInfo.InvariantCulture, out var number) || number <= 0) return null;
            var known = args[i] switch
            {
                "--members" => options with { Members = (int)number },
                "--speakers" => options with { Speakers = (int)number },
                "--seconds" => options with { Seconds = (int)number },
                "--rate" => options with { Rate = number },
                _ => null,
            };
            if (known is null) return null;
            options = known;
        }

        return options.Speakers <= options.Members ? options : null;
    }
}
