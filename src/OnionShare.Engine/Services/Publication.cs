using System.Net;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Services;

/// <summary>A service's onion, from its publishing on, and the visitors it is published for. Disposal takes it down.</summary>
/// <param name="clients">The visitors who may reach it, when it asks for client keys.</param>
/// <param name="asksForKeys">Whether it does; otherwise everybody may.</param>
internal sealed class Publication(IReadOnlyList<KnownClient> clients, bool asksForKeys) : IAsyncDisposable
{
    // One change at a time: what is published must be what was said last.
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile IReadOnlyList<KnownClient> _clients = clients;
    private volatile IOnion? _onion;

    /// <summary>Raised when <see cref="IsPublished"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>Whether visitors find it; true for a service that has no onion.</summary>
    public bool IsPublished => _onion?.IsPublished ?? true;

    /// <summary>The visitors who may reach it; what is published follows with <see cref="RefreshAsync"/>.</summary>
    public IReadOnlyList<KnownClient> Clients
    {
        get => _clients;
        set => _clients = value;
    }

    private IReadOnlyList<string>? Keys => asksForKeys ? [.. _clients.Select(client => client.PublicKey)] : null;

    /// <summary>Publishes it, and returns its address when that answers.</summary>
    public async Task<string> BeginAsync(ITor tor, OnionRequest request, CancellationToken cancellationToken)
    {
        var clients = _clients;
        var onion = await tor.PublishAsync(request with { ClientKeys = Keys }, cancellationToken);
        _onion = onion;
        onion.PublishedChanged += _ => Changed?.Invoke();
        // Somebody may have been let in, or locked out, while it was being published.
        if (!ReferenceEquals(clients, _clients)) await RefreshAsync(cut: true, cancellationToken);
        return onion.Address;
    }

    /// <summary>
    /// Makes it reachable by the visitors that are set now, and returns when it is. With <paramref name="cut"/> all that are there are thrown out.
    /// </summary>
    public async Task RefreshAsync(bool cut, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            if (_onion is { } onion) await onion.SetClientKeysAsync(Keys, cut, cancellationToken);
        }
        catch (ObjectDisposedException)
        {
            // The service has ended meanwhile: nobody reaches it.
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>See <see cref="IOnion.DrainAsync"/>.</summary>
    public Task DrainAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken) =>
        _onion?.DrainAsync(quiet, limit, cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_onion is { } onion) await onion.DisposeAsync();
    }
}
