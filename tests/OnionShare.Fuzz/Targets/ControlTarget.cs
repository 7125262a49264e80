using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>What comes from a control port: replies and events however they are cut, and a tor that answers anything to a log-in.</summary>
internal sealed class ControlTarget : Target<ControlTarget.Talk>
{
    private static readonly string[] Tokens =
        ["250 OK\r\n", "250-", "250+", "650 ", "650-", "650+", "552 ", "510 ", "\r\n.\r\n", "\r\n..\r\n", "AUTH METHODS=", "COOKIEFILE=\"/dev/null\"", "SERVERHASH=", "SERVERNONCE=", "PROGRESS=", "\\123", "\\377", "\\\"", "HS_DESC UPLOADED "];

    public override string Name => "control";

    public override int Count => 30_000;

    protected override Gen<Talk> Inputs { get; } = Gen.Select(Mutation.Of(Corpus.Bytes("control"), Tokens), Gen.Int[1, 40].Array[1, 20], (bytes, cuts) => new Talk(bytes, cuts));

    protected override async Task JudgeAsync(Talk input)
    {
        var whole = await ReadAsync(input.Bytes, [input.Bytes.Length + 1]);
        var cut = await ReadAsync(input.Bytes, input.Cuts);
        NotHeldException.Unless(whole.Select(Text).SequenceEqual(cut.Select(Text)), "replies depend on how the bytes arrive: see the input");
        foreach (var reply in whole.OfType<ControlReply>()) Read(reply);
        var text = Encoding.UTF8.GetString(input.Bytes);
        NotHeldException.Unless(ControlText.Words(text).All(word => word.Length > 0), "an empty word: see the input");
        var line = text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal);
        NotHeldException.Unless(ControlText.Unquote(ControlText.Quote(line)) == line, "a text does not come back out of its quotes: see the input");
        NotHeldException.Unless(ControlText.Attribute("650 X A=1 B=" + ControlText.Quote(line), "B") == line, "an attribute does not come back out of its quotes: see the input");
        await LogInAsync(input.Bytes);
    }

    protected override string Show(Talk input) => $"{Corpus.Escape(input.Bytes)} cut into {string.Join(' ', input.Cuts)}";

    // Whole replies, then the exception that ended it, if one did.
    private static async Task<List<object>> ReadAsync(byte[] bytes, int[] cuts)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var writing = Task.Run(async () =>
        {
            for (var (at, turn) = (0, 0); at < bytes.Length; turn++)
            {
                var count = Math.Min(cuts[turn % cuts.Length], bytes.Length - at);
                await pipe.Writer.WriteAsync(bytes.AsMemory(at, count));
                at += count;
            }

            await pipe.Writer.CompleteAsync();
        });
        var reader = new ControlReader(pipe.Reader);
        var got = new List<object>();
        try
        {
            while (await reader.ReadAsync(CancellationToken.None) is { } reply) got.Add(reply);
        }
        catch (ControlProtocolException refused)
        {
            got.Add(refused);
        }

        await writing;
        return got;
    }

    private static string Text(object one) => one is ControlReply reply ? string.Join('\n', reply.Lines) : one.ToString()!.Split('\n')[0];

    private static void Read(ControlReply reply)
    {
        NotHeldException.Unless(reply.Lines.Count > 0 && reply.Code is >= 100 and <= 999, "a reply without a line: see the input");
        _ = reply.Value("version");
        _ = TorEvent.Of(ControlEvent.Of(reply));
        foreach (var line in reply.Lines)
        {
            if (BootstrapPhase.Parse(line.Text) is { } phase)
            {
                NotHeldException.Unless(phase.Percent is >= 0 and <= 100, $"a progress that can't be: {phase.Percent}");
                NotHeldException.Unless(!phase.ToString().Any(char.IsControl), "a control character of tor's is shown: see the input");
            }

            _ = TorRelease.Weakness(line.Text);
            _ = OnionCircuits.Rendezvous(line.Content ?? line.Text, "abc");
        }
    }

    private static async Task LogInAsync(byte[] answers)
    {
        var (commands, replies) = (new Pipe(), new Pipe(new PipeOptions(pauseWriterThreshold: 0)));
        await using var control = new ControlConnection(new Ends(replies.Reader, commands.Writer), TimeProvider.System, NullLogger.Instance);
        var asking = ControlAuthentication.AuthenticateAsync(control, new ControlSecrets(null, null, false), CancellationToken.None);
        await replies.Writer.WriteAsync(answers);
        await replies.Writer.CompleteAsync();
        try
        {
            await asking;
        }
        catch (Exception refused) when (refused is ControlAuthenticationException or ControlRefusedException or ControlClosedException)
        {
            NotHeldException.Unless(!refused.Message.Any(char.IsControl), "a control character of tor's is shown: see the input");
        }
    }

    /// <summary>What tor sends.</summary>
    /// <param name="Bytes">All of it.</param>
    /// <param name="Cuts">In how large pieces, in turn.</param>
    internal sealed record Talk(byte[] Bytes, int[] Cuts);

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
