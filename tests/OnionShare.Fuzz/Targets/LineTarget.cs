using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Clients;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Circumvention;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>What people paste: onion addresses, keys, bridges, proxies, torrc lines, sizes and times.</summary>
internal sealed class LineTarget : Target<string>
{
    public override string Name => "lines";

    public override int Count => 60_000;

    protected override Gen<string> Inputs { get; } = Gen.Frequency(
        (6, (IGen<string>)Mutation.Of(Corpus.Texts("lines"), "Bridge ", "obfs4 ", "cert=", "url=https://", "127.0.0.1:", "[::1]:", ".onion", "onionshare:", "@", "://", "http://", "xn--", "%00", "descriptor:x25519:")),
        (1, Words.Texts));

    protected override Task JudgeAsync(string input)
    {
        Onion(input);
        Bridge(input);
        Keys(input);
        Settings(input);
        if (ByteSize.TryParse(input, out var bytes)) NotHeldException.Unless(bytes >= 0, $"a negative size: {bytes}");
        _ = Duration.TryParse(input, out _);
        return Task.CompletedTask;
    }

    protected override string Show(string input) => Words.Show(input);

    private static void Onion(string input)
    {
        if (OnionAddress.Parse(input) is { } address)
            NotHeldException.Unless(address.Length == OnionAddress.Length + OnionAddress.Suffix.Length && OnionAddress.Parse(address) == address, $"an address that is none: {address}");
        foreach (var local in new[] { true, false })
        {
            if (Allowed(() => ServiceAddress.Parse(new RemoteListRequest { Url = input, LocalOnly = local })) is not { } service) continue;
            NotHeldException.Unless(local ? service.Root.IsLoopback : service.Host.EndsWith(OnionAddress.Suffix, StringComparison.Ordinal), $"an address elsewhere: {service.Root}");
            NotHeldException.Unless(service.Path.StartsWith('/') && !service.Path.Any(char.IsControl), $"a path that is none: {service.Path}");
        }
    }

    private static void Bridge(string input)
    {
        if (BridgeLine.TryParse(input, out var wrong) is not { } bridge)
        {
            NotHeldException.Unless(wrong is { Length: > 0 } && !wrong.Any(char.IsControl), $"no reason that can be shown: {wrong}");
            return;
        }

        NotHeldException.Unless(BridgeLine.TryParse(bridge.Text, out _)?.Text == bridge.Text, $"a bridge that is read differently again: {bridge.Text}");
        NotHeldException.Unless(bridge.Torrc().All(letter => letter is >= ' ' and <= '~'), $"a torrc line that is none: {bridge.Torrc()}");
        _ = bridge.For("obfs4proxy");
        _ = bridge.For("lyrebird");
        _ = TransportArguments.Encode(bridge.Arguments);
        NotHeldException.Unless(Allowed(() => BridgeLine.ParseAll([input, "# comment", bridge.Text])) is { Count: 1 }, $"the same bridge twice: {bridge.Text}");
    }

    private static void Keys(string input)
    {
        if (ClientKey.ParsePublic(input) is { } key) NotHeldException.Unless(ClientKey.ParsePublic(key) == key && key.All(char.IsAsciiLetterOrDigit), $"a key that is none: {key}");
        if (ClientKey.TryParsePrivate(input, out var pair)) NotHeldException.Unless(pair.ToControl().StartsWith("x25519:", StringComparison.Ordinal) && ClientKey.ParsePublic(pair.PublicKey) == pair.PublicKey, "a pair of keys that does not fit: see the input");
        if (OnionKey.TryParse(input, out var own))
        {
            using (own) NotHeldException.Unless(OnionAddress.Parse(own.Address) == own.Address, $"a key without an address: {own.Address}");
        }
    }

    private static void Settings(string input)
    {
        if (ControlEndpoint.TryParse(input, out var control))
            NotHeldException.Unless(ControlEndpoint.TryParse(control.ToString(), out var again) && again.ToString() == control.ToString(), $"a control endpoint that is read differently again: {control}");
        _ = Allowed(() => OutgoingProxy.Parse(input));
        _ = Allowed(() => CircumventionSource.Parse(input));
        _ = Allowed<object>(() =>
        {
            ReachableAddress.Check(input);
            return input;
        });
        if (Allowed(() => CustomTorrc.Read(input.Split('\n'))) is { } lines)
        {
            NotHeldException.Unless(lines.All(line => !line.Contains('\n') && !line.Contains('\r') && !line.Contains('\0')), "a torrc line that is two: see the input");
            _ = CustomTorrc.Transports(lines);
            _ = lines.Any(CustomTorrc.ForbidsPrograms);
        }
    }

    /// <summary>What comes of reading; null when it was refused in the way that is documented.</summary>
    private static T? Allowed<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (ProblemException refused)
        {
            NotHeldException.Unless(!$"{refused.Problem.Detail}{refused.Problem.Advice}".Any(char.IsControl), "a control character in a problem: see the input");
            return null;
        }
    }
}
