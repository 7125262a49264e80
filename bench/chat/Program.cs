// Measures a chat room that is already running: members join, some of them speak, every member times every message. Writes one line of JSON.
using System.Diagnostics;
using System.Text.Json;
using OnionShare.ChatBench;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

var said = (int)Math.Max(1, options.Seconds * options.Rate);
var all = said * options.Speakers;
using var limit = new CancellationTokenSource(TimeSpan.FromSeconds((2 * options.Seconds) + 120));

var joining = Stopwatch.StartNew();
var members = new List<IMember>();
for (var i = 0; i < options.Members; i++)
    members.Add(await (options.SocketIo ? SocketIoMember.JoinAsync(options.Url, limit.Token) : Member.JoinAsync(options.Url, limit.Token)));
var joined = joining.Elapsed.TotalSeconds;

var hearing = members.Select(member => member.HearAsync(all, limit.Token)).ToList();
var random = new Random(1);
var speaking = members.Take(options.Speakers)
    .Select(member => member.SpeakAsync(said, options.Rate, TimeSpan.FromSeconds(random.NextDouble() / options.Rate), limit.Token))
    .ToList();
await Task.WhenAll(speaking);
await Task.WhenAll(hearing);

var times = members.SelectMany(member => member.Delivery).Order().ToArray();
var misplaced = members.Sum(member => member.Misplaced);
Console.WriteLine(JsonSerializer.Serialize(new
{
    members = options.Members,
    speakers = options.Speakers,
    messages = all,
    deliveries = times.Length,
    misplaced,
    joinSeconds = Math.Round(joined, 2),
    p50Ms = At(0.5),
    p99Ms = At(0.99),
    maxMs = At(1),
}));
foreach (var member in members) await member.DisposeAsync();
return misplaced == 0 && times.Length == all * options.Members ? 0 : 1;

double At(double share) => Math.Round(times[Math.Min(times.Length - 1, (int)(times.Length * share))], 2);
