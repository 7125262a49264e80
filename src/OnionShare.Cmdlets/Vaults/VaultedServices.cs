using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Vaults;

/// <summary>A saved service in a vault: what the engine reads in it, and the document itself, which is secret.</summary>
internal sealed record VaultedService(SavedService Service, string Secret, string Document)
{
    public bool IsReadable => Service.Mode is not null;
}

/// <summary>The saved services in a vault. The vault keeps the documents, the engine writes and reads them; this carries them between the two.</summary>
internal sealed class VaultedServices(SecretVault vault, EngineClient engine, Action<ErrorRecord> report, CancellationToken stopToken)
{
    public string Vault => vault.Name;

    /// <summary>
    /// The services meant by <paramref name="names"/>, which may hold wildcards; no name means all. A plain name that fits none is an error, not
    /// terminating.
    /// </summary>
    public async Task<IReadOnlyList<VaultedService>> SelectAsync(IReadOnlyCollection<string> names)
    {
        IReadOnlyList<VaultedService>? all = null;
        if (names.Count == 0) return await AllAsync();

        var chosen = new List<VaultedService>();
        foreach (var name in names)
        {
            List<VaultedService> found;
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                all ??= await AllAsync();
                found = [.. all.Where(one => NamePattern.Fits(one.Service.Name, name))];
            }
            else
            {
                var one = await FindAsync(name);
                // What an object's name, or completion, has escaped; and the id of one that runs.
                if (one is null && name.Contains('`')) one = await FindAsync(WildcardPattern.Unescape(name));
                one ??= (all ??= await AllAsync()).FirstOrDefault(other => other.Service.ServiceId == name);
                found = one is null ? [] : [one];
                if (one is null) report(Errors.NotInVault(name, Vault));
            }

            chosen.AddRange(found.Where(one => !chosen.Exists(other => other.Secret == one.Secret)));
        }

        return chosen;
    }

    /// <summary>As <see cref="SelectAsync"/>; one that can't be read is an error, not terminating.</summary>
    public async Task<IReadOnlyList<VaultedService>> SelectReadableAsync(IReadOnlyCollection<string> names)
    {
        var selected = await SelectAsync(names);
        foreach (var damaged in selected.Where(one => !one.IsReadable)) report(Errors.From(damaged.Service.Error!, damaged.Service.Name));
        return [.. selected.Where(one => one.IsReadable)];
    }

    /// <summary>The service of that name; null when there is none.</summary>
    public async Task<VaultedService?> FindAsync(string name)
    {
        var secret = SecretName.Of(name);
        return vault.Read(secret) is { } document ? await DescribeAsync(secret, document) : null;
    }

    /// <summary>The first name of a mode's own, such as <c>share-1</c>, that is free here and among <paramref name="taken"/>.</summary>
    public string FirstFree(ServiceMode mode, IEnumerable<string> taken)
    {
        var names = taken.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var secrets = vault.Secrets().ToHashSet(StringComparer.OrdinalIgnoreCase);
        return mode.FirstFreeName(name => names.Contains(name) || secrets.Contains(SecretName.Of(name)));
    }

    /// <summary>Throws when a new service can't be kept under that name.</summary>
    /// <exception cref="ProblemException">There is one, or a secret of somebody else's in its place.</exception>
    public async Task RequireFreeAsync(string name)
    {
        if (await FindAsync(name) is { } there) throw Taken(there);
    }

    /// <summary>Keeps a service that runs, as it is now; returns what is kept. From then on nothing of it is on the disk.</summary>
    /// <exception cref="ProblemException">The vault refuses, has another service of that name, or the service has ended.</exception>
    public async Task<SavedService> KeepAsync(ServiceStatus service)
    {
        var record = await engine.Records.OfAsync(service.Id, stopToken);
        var isKeptHere = string.Equals(service.Vault, Vault, StringComparison.OrdinalIgnoreCase);
        if (await FindAsync(service.Name) is { } there && (!there.IsReadable || (!isKeptHere && !IsSame(there.Service, record.Service)))) throw Taken(there);
        vault.Write(SecretName.Of(service.Name), record.Document);
        await engine.Records.LeaveToVaultAsync(service.Id, Vault, stopToken);
        return record.Service with { Vault = Vault, ServiceId = service.Id, ComesBack = false, Error = null };
    }

    /// <summary>Keeps what was changed of a service that runs from here: its stop time only if that was, since it may be one for this run.</summary>
    /// <exception cref="ProblemException">The vault refuses, or has another service of that name.</exception>
    public async Task KeepUpAsync(ServiceStatus service, bool stopTime)
    {
        if (await FindAsync(service.Name) is not { } there)
        {
            await KeepAsync(service);
            return;
        }

        if (!there.IsReadable) throw Taken(there);
        var request = new UpdateRecordRequest { Document = there.Document, StopTime = stopTime };
        var changed = await engine.Records.UpdateAsync(service.Id, request, stopToken);
        vault.Write(there.Secret, changed.Document);
    }

    /// <summary>Keeps a record that comes from elsewhere.</summary>
    /// <exception cref="ProblemException">The vault refuses, or has a service of that name that is not to be overwritten.</exception>
    public async Task<SavedService> KeepAsync(ServiceRecord record, bool overwrite)
    {
        var there = await FindAsync(record.Service.Name);
        if (there is not null && (!overwrite || !there.IsReadable)) throw Taken(there);
        if (there?.Service.ServiceId is not null) throw VaultProblems.Runs(record.Service.Name);
        vault.Write(SecretName.Of(record.Service.Name), record.Document);
        return record.Service with { Vault = Vault, ServiceId = null, ComesBack = false, Error = null };
    }

    /// <summary>Puts a changed record in the place of the one it was made from.</summary>
    /// <exception cref="ProblemException">The vault refuses.</exception>
    public VaultedService Replace(VaultedService old, ServiceRecord changed)
    {
        vault.Write(old.Secret, changed.Document);
        return old with { Service = changed.Service, Document = changed.Document };
    }

    /// <exception cref="ProblemException">The vault refuses, or what is there is not ours to remove.</exception>
    public async Task RemoveAsync(VaultedService service)
    {
        if (!service.IsReadable) throw new ProblemException(service.Service.Error!);
        vault.Remove(service.Secret);
        if (service.Service.ServiceId is { } id) await engine.Records.LeaveVaultAsync(id, stopToken);
    }

    private async Task<IReadOnlyList<VaultedService>> AllAsync()
    {
        var all = new List<VaultedService>();
        foreach (var secret in vault.Secrets())
            if (vault.Read(secret) is { } document) all.Add(await DescribeAsync(secret, document));
        return [.. all.OrderBy(one => one.Service.Name, StringComparer.OrdinalIgnoreCase)];
    }

    private async Task<VaultedService> DescribeAsync(string secret, string document)
    {
        if (document.Length > ServiceRecord.MostCharacters) return Damaged(secret, new Problem(ProblemCodes.SavedUnusable, "it is too large."));
        try
        {
            var request = new RecordRequest { Document = document, Vault = Vault };
            var service = await engine.Records.DescribeAsync(request, stopToken);
            return string.Equals(SecretName.Of(service.Name), secret, StringComparison.OrdinalIgnoreCase)
                ? new VaultedService(service, secret, document)
                : Damaged(secret, new Problem(ProblemCodes.SavedUnusable, "it is the record of a service of another name."));
        }
        catch (ProblemException refused) when (refused.Problem.Code is ProblemCodes.SavedUnusable or ProblemCodes.InvalidRequest)
        {
            return Damaged(secret, refused.Problem);
        }
    }

    private VaultedService Damaged(string secret, Problem reason) => new(
        new SavedService { Name = secret, SavedAt = DateTimeOffset.UnixEpoch, Vault = Vault, Error = VaultProblems.NotOurs(Vault, secret, reason) },
        secret,
        "");

    private ProblemException Taken(VaultedService there) =>
        there.IsReadable ? VaultProblems.NameInUse(Vault, there.Service.Name) : new ProblemException(there.Service.Error!);

    // A local service has no address that would tell it from another.
    private static bool IsSame(SavedService there, SavedService service) => there.Address is not null && there.Address == service.Address;
}
