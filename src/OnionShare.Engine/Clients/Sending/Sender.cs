using System.Text;
using OnionShare.Engine.Archive;
using OnionShare.Engine.Clients.Fetching;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients.Sending;

/// <summary>Sends files and a message to a receive service: to this program's piece by piece, to OnionShare's own by its form.</summary>
internal sealed class Sender(Visit visit, SendRequest request, TimeProvider time, Action<ClientEvent> tell)
{
    private readonly Pace _pace = new(time, tell);

    /// <summary>Returns when all of it has been taken.</summary>
    /// <exception cref="ProblemException">It was not; says why.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var parcels = Parcels(cancellationToken);
        _pace.Total = parcels.Sum(parcel => parcel.Content.Length);
        _pace.Tell(visit.Address.IsLocal ? "Asking what the service takes" : "Connecting through Tor");
        await visit.ReadyAsync(cancellationToken);
        var catalog = await Catalog.ReadAsync(visit, time, Catalog.Patience, cancellationToken);
        Check(catalog, parcels);
        if (catalog.Index?.Inbox?.Resumable is not null) await new ResumableSending(visit, request, _pace, tell).RunAsync(parcels, cancellationToken);
        else await new FormSending(visit, request.Patience, _pace, tell).RunAsync(parcels, cancellationToken);
    }

    private List<Parcel> Parcels(CancellationToken cancellationToken)
    {
        var parcels = new List<Parcel>();
        if (request.Paths.Count > 0)
        {
            var found = SharedTree.ScanEach(request.Paths, request.Listed, out var warnings, cancellationToken);
            foreach (var warning in warnings) tell(new ClientNote(warning));
            foreach (var (path, tree) in found)
            {
                IContent content = tree.SingleFile is { } file ? tree.ContentOf(file) : new VirtualZip(tree);
                parcels.Add(new Parcel(content, request.Name ?? tree.SingleFile?.Name ?? content.FileName, path));
            }
        }

        if (request.Name is not null && parcels.Count != 1) throw Invalid("-Name can name one file only.", "Leave it out, or send one file.");
        if (request.Message is { Length: > 0 } message) parcels.Add(new Parcel(new BytesContent(Encoding.UTF8.GetBytes(message)), "message", null));
        return parcels.Count > 0 ? parcels : throw Invalid("There is nothing to send.", "Name files with -Path, or give a -Message.");
    }

    private void Check(Catalog catalog, List<Parcel> parcels)
    {
        if (catalog.Kind != RemoteKind.Receive)
        {
            throw new ProblemException(new Problem(
                ProblemCodes.RemoteRefused, "The service takes no files and no messages.",
                catalog.Kind == RemoteKind.Chat ? "It is a chat room: Send-OnionMessage speaks in it." : "It offers files: Receive-OnionFile fetches them."));
        }

        var listing = catalog.ToListing();
        if (!listing.TakesFiles && parcels.Any(parcel => parcel.Path is not null)) throw ClientProblems.Refused(403, "it takes messages only, no files");
        if (!listing.TakesText && parcels.Any(parcel => parcel.Path is null)) throw ClientProblems.Refused(403, "it takes files only, no messages");
        if (parcels.FirstOrDefault(parcel => parcel.Path is not null && parcel.Content.Length > listing.MaxFileSize) is { } large)
            throw ClientProblems.Refused(413, $"{large.Name} has {ByteSize.Show(large.Content.Length)}, and it takes files up to {ByteSize.Show(listing.MaxFileSize!.Value)}");
        if (parcels.Sum(parcel => parcel.Content.Length) > listing.MaxSubmissionSize)
            throw ClientProblems.Refused(413, $"it takes {ByteSize.Show(listing.MaxSubmissionSize.Value)} at once");
        if (catalog.Index?.Inbox?.MaxFiles is { } files && parcels.Count(parcel => parcel.Path is not null) > files)
            throw ClientProblems.Refused(413, $"it takes {(files == 1 ? "one file" : $"{files:N0} files")} at once at most");
        if (catalog.Index?.Inbox?.MaxText is { } text && request.Message?.ReplaceLineEndings("\n").Length > text)
            throw ClientProblems.Refused(413, $"it takes messages of {text:N0} characters at most");
    }

    private static ProblemException Invalid(string detail, string advice) => new(new Problem(ProblemCodes.InvalidRequest, detail, advice));
}
