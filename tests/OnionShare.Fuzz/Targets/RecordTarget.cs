using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Saved;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Settings;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>What is kept of services and of tor, damaged in any way.</summary>
internal sealed class RecordTarget : Target<byte[]>
{
    private static readonly SavedRecord[] Records = [.. Make()];
    private static readonly byte[][] Good =
    [
        .. Records.Select(record => SavedDocument.Write(record, protect: false)),
        .. Records.Select(record => Encoding.ASCII.GetBytes(RecordDocument.Write(record))),
        TorSettingsDocument.Write(new TorSettingsRecord(new TorSettings { Bridges = ["192.0.2.7:9001"], ControlPassword = "secret" }, new TorSettings())),
    ];

    public override string Name => "records";

    public override int Count => 30_000;

    protected override Gen<byte[]> Inputs { get; } = Mutation.Of(Good, "\"format\":", "\"version\":1", "\"request\":{\"mode\":", "\"secrets\":", "\"protected\":", "\"paths\":", "\"savedAt\":", "null", "[null]", "\\ud800", ".1.", "\"00:00:01\"");

    protected override Task JudgeAsync(byte[] input)
    {
        Read(() => SavedDocument.Read(input), record =>
        {
            var again = SavedDocument.Read(SavedDocument.Write(record, protect: false));
            NotHeldException.Unless(SavedDocument.Write(again, protect: false).AsSpan().SequenceEqual(SavedDocument.Write(record, protect: false)), "a record is read differently again: see the input");
            Refusable(() => record.Check(TimeProvider.System));
        });
        var text = Encoding.UTF8.GetString(input);
        Read(() => RecordDocument.Read(text), record => NotHeldException.Unless(RecordDocument.Write(record) == text, "a record for a vault is written differently: see the input"));
        Read(() => TorSettingsDocument.Read(input), record => TorSettingsDocument.Read(TorSettingsDocument.Write(record)));
        return Task.CompletedTask;
    }

    protected override string Show(byte[] input) => Corpus.Escape(input);

    private static void Read<T>(Func<T> read, Action<T> judge)
    {
        T record;
        try
        {
            record = read();
        }
        catch (InvalidDataException)
        {
            return;
        }

        judge(record);
    }

    private static void Refusable(Action check)
    {
        try
        {
            check();
        }
        catch (Exception refused) when (refused is ProblemException or InvalidDataException)
        {
            // Said what is wrong with it.
        }
    }

    private static IEnumerable<SavedRecord> Make()
    {
        var bytes = Enumerable.Range(0, 64).Select(number => (byte)(number == 0 ? 8 : number == 31 ? 64 : 1)).ToArray();
        var key = OnionKey.TryParse("ED25519-V3:" + Convert.ToBase64String(bytes), out var parsed) ? parsed : null;
        foreach (var request in new ServiceRequest[] { new ShareRequest { Paths = ["/a", "/b ☂"] }, new ReceiveRequest { Path = "/inbox", MaxFiles = 5 }, new WebsiteRequest { Paths = ["/site"], StopAfter = TimeSpan.FromHours(1) }, new ChatRequest { Title = "Room" } })
        {
            yield return new SavedRecord
            {
                Name = "name",
                SavedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
                Address = key?.Address,
                Request = request,
                Secrets = new SavedSecrets("constrict-purity-lantern", key is null ? null : key.ToControl()),
            };
        }
    }
}
