namespace OnionShare.Engine.Clients;

internal static class Workers
{
    /// <summary>Waits for all; throws what made one of them fail, not what the others ended with because of that.</summary>
    public static async Task AllAsync(IReadOnlyList<Task> workers)
    {
        try
        {
            await Task.WhenAll(workers);
        }
        catch (Exception first)
        {
            throw workers.FirstOrDefault(worker => worker.IsFaulted)?.Exception!.InnerException ?? first;
        }
    }
}
