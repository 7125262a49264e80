namespace OnionShare.Engine.Tor.Control;

/// <summary>Has tor fetch the descriptor of an onion anew from the directories, as a visitor's tor does (control-spec 3.26, 4.1.25).</summary>
internal static class DescriptorFetch
{
    /// <summary>The directories that are asked, one after the other.</summary>
    private const int Attempts = 4;

    /// <summary>Fetches it. Returns null when it came, else tor's reason, such as <c>NOT_FOUND</c>.</summary>
    /// <exception cref="ControlException">tor does not do it, or is gone.</exception>
    public static async Task<string?> RunAsync(ControlConnection control, string serviceId, CancellationToken cancellationToken)
    {
        var answers = System.Threading.Channels.Channel.CreateUnbounded<string>();
        void Take(ControlEvent happened)
        {
            if (TorEvent.Of(happened) is not TorEvent.DescriptorMoved(var action, var address, _, var reason) || address != serviceId) return;
            if (action == "RECEIVED") answers.Writer.TryWrite("");
            else if (action == "FAILED" && reason is not (null or "UPLOAD_REJECTED")) answers.Writer.TryWrite(reason);
        }

        control.EventReceived += Take;
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                await control.SendAsync("HSFETCH " + serviceId, cancellationToken);
                var answer = await answers.Reader.ReadAsync(cancellationToken);
                if (answer.Length == 0) return null;
                if (attempt == Attempts || answer == NoneLeft) return answer;
            }
        }
        finally
        {
            control.EventReceived -= Take;
        }
    }

    /// <summary>The reason when every directory was asked within the last minutes: tor asks none of them again so soon.</summary>
    public const string NoneLeft = "QUERY_NO_HSDIR";
}
