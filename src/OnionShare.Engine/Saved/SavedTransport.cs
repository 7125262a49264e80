using System.Security.Cryptography;
using OnionShare.Engine.Passwords;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Saved;

/// <summary>Moves saved services out of and into the engine: exports, and what other programs keep of theirs.</summary>
public sealed class SavedTransport
{
    private const int ShortestPassphrase = 8;
    private const int MostBytes = 4 << 20;

    private readonly SavedServices _saved;
    private readonly TimeProvider _time;
    private readonly ExportEnvelope _envelope;

    internal SavedTransport(SavedServices saved, TimeProvider time, ExportEnvelope? envelope = null)
    {
        _saved = saved;
        _time = time;
        _envelope = envelope ?? new ExportEnvelope();
    }

    /// <summary>Writes everything that is kept of a saved service to one file, which only its owner can read.</summary>
    /// <exception cref="ProblemException">It is not there, or the file can't be written; no half file is left.</exception>
    public SavedService Export(string name, ExportRequest request)
    {
        Export(_saved.Record(name), request);
        return _saved.Get(name);
    }

    /// <summary>As <see cref="Export(string, ExportRequest)"/>, for a record that is not kept here.</summary>
    internal void Export(SavedRecord record, ExportRequest request)
    {
        if (request.NoEncryption == request.Passphrase is not null)
            throw Invalid("An export needs a passphrase.", "Give one, or say that it is not to be encrypted; not both.");
        if (request.Passphrase is { Length: < ShortestPassphrase })
            throw Invalid("The passphrase is too short: whoever gets the file can try as many as they like.", $"Take at least {ShortestPassphrase} characters; better five words.");
        var path = FullPath(request.Path);
        if (!request.Overwrite && File.Exists(path))
        {
            throw new ProblemException(
                ProblemCodes.FileExists, $"'{RemoteText.Show(path)}' is there already.", "Take another path, or overwrite it.", path);
        }

        var content = SavedDocument.Write(record, protect: false);
        var file = request.Passphrase is null ? content : _envelope.Seal(content, request.Passphrase);
        // Keys that are not encrypted are in no file but the one that was asked for, whatever ends this process: nobody would look for another.
        var unfinished = request.Passphrase is null ? path : path + "." + RandomNumberGenerator.GetHexString(8, lowercase: true);
        try
        {
            UserOnlyFile.WriteThrough(unfinished, file);
            if (unfinished != path) UserOnlyFile.Replace(unfinished, path);
            UserOnlyFile.FlushFolder(Path.GetDirectoryName(path)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Discard(unfinished);
            throw new ProblemException(
                ProblemCodes.PathNotWritable, $"'{RemoteText.Show(path)}' can't be written: {failure.Message}",
                "Name a file in a folder that exists and that you may write to.", path, cause: failure);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Saves a service from a file or folder; see <see cref="ImportRequest"/> for what is understood.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.ImportRefused"/> and others; nothing was saved.</exception>
    public SavedService Import(ImportRequest request) => _saved.Add(Read(request), request.Overwrite);

    /// <summary>Reads a service from a file or folder and checks it.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.ImportRefused"/> and others.</exception>
    internal SavedRecord Read(ImportRequest request)
    {
        var path = FullPath(request.Path);
        try
        {
            var record = Read(path, request);
            record.Check(_time);
            return record;
        }
        catch (InvalidDataException refused)
        {
            throw new ProblemException(
                ProblemCodes.ImportRefused, $"'{RemoteText.Show(path)}' can't be imported: {RemoteText.Show(refused.Message)}.",
                refused.InnerException is AuthenticationTagMismatchException
                    ? "Type the passphrase again; every character counts. If it is right, the file was damaged: copy it again."
                    : "It must be an export, a persistent tab of OnionShare's, tor's hs_ed25519_secret_key or a folder with one.",
                path, cause: refused);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ProblemException(
                ProblemCodes.PathNotFound, $"There is nothing at '{RemoteText.Show(path)}'.", "Check the path.", path, cause: failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.PathNotReadable, $"'{RemoteText.Show(path)}' can't be read: {failure.Message}", "Check that you may read it.", path,
                cause: failure);
        }
    }

    private SavedRecord Read(string path, ImportRequest request)
    {
        if (Directory.Exists(path)) return Record(TorKeyFiles.ReadFolder(path), request);
        if (new FileInfo(path).Length > MostBytes) throw new InvalidDataException("it is too large");
        var file = File.ReadAllBytes(path);
        if (ExportEnvelope.IsOne(file))
        {
            var passphrase = request.Passphrase ?? throw new ProblemException(
                ProblemCodes.PassphraseNeeded, $"'{RemoteText.Show(path)}' is encrypted.", "Give its passphrase (-Passphrase). Nothing was saved.", path);
            var content = _envelope.Open(file, passphrase);
            var record = SavedDocument.Read(content);
            CryptographicOperations.ZeroMemory(content);
            return Record(record, request);
        }

        if (SavedDocument.IsOne(file)) return Record(SavedDocument.Read(file), request);
        if (SecretKeyFile.IsOne(file)) return Record(TorKeyFiles.Read(path, file), request);
        if (OnionShareTab.IsOne(file)) return Record(OnionShareTab.Read(file, Path.GetFileNameWithoutExtension(path)), request);
        if (TorKeyFiles.IsYaml(file)) return Record(TorKeyFiles.ReadYaml(file), request);
        throw new InvalidDataException("it is nothing that is known");
    }

    private SavedRecord Record(SavedRecord exported, ImportRequest request) => exported with
    {
        Name = request.Name ?? exported.Name,
        SavedAt = _time.GetUtcNow(),
        ComesBack = null,
        Request = request.Service is null
            ? exported.Request
            : Settings(request.Service) with { RequireClientKey = request.Service.RequireClientKey || exported.Request.RequireClientKey },
        Secrets = request.Service is null
            ? exported.Secrets
            : exported.Secrets with { Password = Password(request.Service, exported.Secrets.Password) },
    };

    private SavedRecord Record(ImportedService imported, ImportRequest request)
    {
        using (imported.Key)
        {
            var settings = request.Service ?? imported.Request
                ?? throw Invalid("There is only a key in it.", "Say what to serve at its address.");
            if (settings.LocalOnly) throw Invalid("A local service has no address to import.", "Leave out -LocalOnly.");
            var password = request.Service is null ? imported.Password : Password(request.Service, imported.Password);
            return imported.ToRecord(request.Name ?? imported.Name, Settings(settings), password, _time.GetUtcNow());
        }
    }

    // What went wrong is told already.
    private static void Discard(string path)
    {
        try
        {
            if (File.Exists(path)) File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static ServiceRequest Settings(ServiceRequest request) => request with { Name = null, Password = null, Owner = null, StartedBy = null, Save = false };

    private static string? Password(ServiceRequest service, string? known) =>
        service.Public ? null : service.Password ?? known ?? PasswordGenerator.Password(service.GuessLimit);

    private static string FullPath(string path) => Path.IsPathFullyQualified(path)
        ? Path.GetFullPath(path)
        : throw Invalid($"'{RemoteText.Show(path)}' is not an absolute path.", "The engine has another working folder than you: give the whole path.");

    private static ProblemException Invalid(string detail, string advice) => new(ProblemCodes.InvalidRequest, detail, advice);
}
