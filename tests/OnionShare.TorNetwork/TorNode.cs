using System.Diagnostics;
using System.Net;

namespace OnionShare.TorNetwork;

/// <summary>One relay of the network; with a directory port it is an authority too.</summary>
internal sealed record TorNode(string Nickname, string Folder, int OnionRouterPort, int? DirectoryPort)
{
    /// <summary>Makes the keys of an authority.</summary>
    /// <returns>Its DirAuthority line for everybody's torrc, and its fingerprint as a relay.</returns>
    public async Task<(string Line, string Fingerprint)> MakeAuthorityAsync(TorPrograms programs, CancellationToken cancellationToken)
    {
        var keys = Folders.CreatePrivate(Path.Combine(Folders.CreatePrivate(Folder), "keys"));
        var certificate = Path.Combine(keys, "authority_certificate");
        var signing = RunAsync(programs.Gencert,
            ["--create-identity-key", "--passphrase-fd", "0", "-m", "12", "-a", $"{IPAddress.Loopback}:{DirectoryPort}",
             "-i", Path.Combine(keys, "authority_identity_key"), "-s", Path.Combine(keys, "authority_signing_key"), "-c", certificate],
            Guid.NewGuid().ToString("N"), cancellationToken);
        // tor wants some DirAuthority here, though its value plays no part in the fingerprint.
        var relaying = RunAsync(programs.Tor,
            ["--list-fingerprint", "-f", Path.Combine(Folder, "absent"), .. TorProcess.WithoutMachineSettings(Folder),
             "--Nickname", Nickname, "--DataDirectory", Folder, "--ORPort", $"127.0.0.1:{OnionRouterPort} IPv4Only", "--AssumeReachable", "1",
             "--Address", "127.0.0.1", "--SocksPort", "0", "--Log", "err stderr",
             "--DirAuthority", $"none orport=1 no-v2 v3ident={new string('0', 40)} 127.0.0.1:1 {new string('0', 40)}"],
            "", cancellationToken);
        await Task.WhenAll(signing, relaying);
        var identity = Word(certificate, await File.ReadAllLinesAsync(certificate, cancellationToken), "fingerprint ");
        var file = Path.Combine(Folder, "fingerprint");
        var fingerprint = Word(file, await File.ReadAllLinesAsync(file, cancellationToken), Nickname + " ");
        return ($"DirAuthority {Nickname} orport={OnionRouterPort} no-v2 v3ident={identity} 127.0.0.1:{DirectoryPort} {fingerprint}", fingerprint);
    }

    /// <summary>Its torrc, which %includes the settings all have in common.</summary>
    public IEnumerable<string> Torrc(string common, int votingStartOffset, bool exitToLoopback) =>
    [
        $"%include {TorProcess.Quoted(common)}",
        $"Nickname {Nickname}",
        "ContactInfo none",
        "Address 127.0.0.1",
        "AssumeReachable 1",
        $"ORPort 127.0.0.1:{OnionRouterPort} IPv4Only",
        "SocksPort 0",
        "NumCPUs 1",
        "BandwidthRate 1 GB",
        "DoSCircuitCreationEnabled 0",
        "DoSConnectionEnabled 0",
        "DoSRefuseSingleHopClientRendezvous 0",
        // Otherwise one node gets all the weight, and clients hang at 95 % now and then.
        "TestingMinTimeToReportBandwidth 1 day",
        .. DirectoryPort is null && exitToLoopback
            ? (string[])["ExitRelay 1", "ExitPolicyRejectPrivate 0", "ExitPolicy accept 127.0.0.0/8:*, reject *:*"]
            : ["ExitRelay 0"],
        .. DirectoryPort is { } port ? AuthorityTorrc(port, votingStartOffset, exitToLoopback) : [],
    ];

    private static IEnumerable<string> AuthorityTorrc(int directoryPort, int votingStartOffset, bool exitToLoopback) =>
    [
        "AuthoritativeDirectory 1",
        "V3AuthoritativeDirectory 1",
        $"DirPort 127.0.0.1:{directoryPort} IPv4Only",
        "TestingAuthDirTimeToLearnReachability 0",
        "TestingDirAuthVoteGuard *",
        "TestingDirAuthVoteHSDir *",
        .. exitToLoopback ? (string[])["TestingDirAuthVoteExit *"] : [],
        "TestingMinExitFlagThreshold 0",
        "TestingMinFastFlagThreshold 0",
        $"TestingV3AuthInitialVotingInterval {PrivateTorNetwork.FirstVotingInterval}",
        "TestingV3AuthInitialVoteDelay 2",
        "TestingV3AuthInitialDistDelay 2",
        $"TestingV3AuthVotingStartOffset {votingStartOffset}",
        "V3AuthVotingInterval 20",
        "V3AuthVoteDelay 2",
        "V3AuthDistDelay 2",
        "V3AuthNIntervalsValid 2",
    ];

    private static string Word(string file, string[] lines, string start) =>
        lines.FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..].Trim()
        ?? throw new TorNetworkException($"{file} has no line «{start.Trim()} …»; this tor writes it in a form not known here.");

    private static async Task RunAsync(string program, string[] arguments, string input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new TorNetworkException($"{program} could not be started.");
        try
        {
            var said = Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.StandardInput.WriteLineAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
            var texts = await said;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
                throw new TorNetworkException($"{program} failed with exit code {process.ExitCode}:{Environment.NewLine}{string.Concat(texts)}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }
}
