namespace OnionShare.Engine.Clients;

/// <summary>Reads answers that are to be held in memory: never more than was said.</summary>
internal static class Body
{
    /// <summary>The whole of an answer.</summary>
    /// <exception cref="ProblemException">It is longer than <paramref name="most"/> bytes.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int most, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var all = new MemoryStream();
        var buffer = new byte[32 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (all.Length + count > most) throw ClientProblems.Unsafe($"The service answers with more than {ByteSize.Show(most)} where a page was asked for.");
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
