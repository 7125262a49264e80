using System.Net;
using System.Security.Cryptography;
using System.Text;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Onions;

/// <summary>
/// An onion that is a backend of an Onionbalance front: it also answers introductions meant for the front's address (tor(1),
/// HiddenServiceOnionBalanceInstance). ADD_ONION has no such flag, so it is put into tor's configuration, with a folder that holds its key
/// and the front's address. That is the one case in which the key of a service that is not saved is on the disk; it goes with the onion.
/// </summary>
internal sealed class BackendOnion(string front, OnionRequest request, ILogger logger, Action<Onion> removed) : Onion(request, logger, removed)
{
    private const string FrontFile = "ob_config";

    // As in ADD_ONION, the best first; there are tors that are built without the proof-of-work defence.
    private static readonly string[] Options = [" HiddenServicePoWDefensesEnabled=1", ""];

    protected override async Task<(string ServiceId, string Key)> AddToAsync(
        TorSession session, string? key, IPEndPoint target, IReadOnlyList<string>? clientKeys)
    {
        if (clientKeys is not null)
            throw new InvalidOperationException("Onionbalance's front is open to all: nobody can be kept from a backend.");
        if (session.Configured is not { } configured)
            throw NotOwn(session);
        using var onionKey = Key(key);
        var serviceId = onionKey.Address[..^OnionAddress.Suffix.Length];
        await AssertFreeAsync(session, configured, serviceId);
        try
        {
            Write(configured.FolderOf(serviceId), onionKey);
            await ConfigureAsync(session, configured, serviceId, target);
        }
        catch
        {
            Delete(configured.FolderOf(serviceId));
            throw;
        }

        return (serviceId, onionKey.ToControl());
    }

    protected override async Task RemoveFromAsync(TorSession session, string serviceId)
    {
        var configured = session.Configured!;
        try
        {
            await configured.RemoveAsync(session.Control, serviceId);
        }
        catch (ControlRefusedException e)
        {
            Logger.LogWarning("tor did not let go of an onion: {Reason}", e.Reason);
        }
        finally
        {
            Delete(configured.FolderOf(serviceId));
        }
    }

    private async Task ConfigureAsync(TorSession session, ConfiguredOnions configured, string serviceId, IPEndPoint target)
    {
        foreach (var options in TorRelease.IsProofOfWorkSafe(session.Version) ? Options : Options[1..])
        {
            try
            {
                await configured.AddAsync(
                    session.Control, serviceId,
                    $"HiddenServicePort={ControlText.Quote("80 " + target)} HiddenServiceOnionBalanceInstance=1 HiddenServiceMaxStreams=1024{options}");
                return;
            }
            catch (ControlRefusedException e) when (e.Code is 513 or 552 && options != "")
            {
                Logger.LogDebug("This tor does not take{Options}: {Reason}", options, e.Reason);
            }
            catch (ControlRefusedException e)
            {
                throw Refused(e, "A backend of Onionbalance needs tor 0.4.3 or later.");
            }
        }
    }

    // tor takes a configured onion at an address that ADD_ONION has taken, complains in its log only, and never publishes it.
    private static async Task AssertFreeAsync(TorSession session, ConfiguredOnions configured, string serviceId)
    {
        var added = await session.Control.SendAsync("GETINFO onions/current", CancellationToken.None);
        if (configured.Has(serviceId) || (added.Value("onions/current") ?? "").Split('\n').Contains(serviceId, StringComparer.Ordinal))
        {
            throw new ProblemException(
                ProblemCodes.TorRefused, $"Another service is published at {serviceId}{OnionAddress.Suffix} already.", "Stop that one first.");
        }
    }

    private static OnionKey Key(string? key)
    {
        if (key is null) return OnionKey.Generate();
        return OnionKey.TryParse(key, out var parsed)
            ? parsed
            : throw new ProblemException(ProblemCodes.InvalidRequest, "The key is not that of a version 3 onion service.", "Import it again.");
    }

    private void Write(string folder, OnionKey key)
    {
        PrivateFolder.Ensure(folder);
        var bytes = SecretKeyFile.Write(key);
        try
        {
            using (var file = UserOnlyFile.Create(Path.Combine(folder, SecretKeyFile.Name)))
                file.Write(bytes);
            using (var file = UserOnlyFile.Create(Path.Combine(folder, FrontFile)))
                file.Write(Encoding.ASCII.GetBytes($"MasterOnionAddress {front}\n"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.StateFolder, $"tor's folder for the onion service can't be written: {failure.Message}",
                "Make it writable, and see that the disk is not full.", folder, cause: failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private void Delete(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It holds a key: the next start of tor tries again.
            Logger.LogError(failure, "The folder {Folder} of an onion service that ended can't be deleted", folder);
        }
    }

    private static ProblemException NotOwn(TorSession session) => new(new Problem(
        ProblemCodes.TorSettings,
        $"A backend of Onionbalance needs a tor that the engine runs itself; this one is {session.Source}, whose onion services are not the engine's to configure.",
        "Let the engine run a tor of its own (Set-OnionTor -Connection Own), or leave out -OnionBalance.",
        session.Source)
    { Status = 409 });
}
