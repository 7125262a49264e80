using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Installation;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>The engine's part, with a fetcher that is always there.</summary>
public sealed class PlainInstallTests() : InstallTests(() => new SiteFetcher());

/// <summary>All of it, with the real TorSharp.</summary>
public sealed class TorSharpInstallTests() : InstallTests(() => InstallRequires.TorSharp().Fetcher)
{
    [Fact]
    public async Task A_site_without_a_tor_for_this_computer_is_named()
    {
        Place.Site.List($"{StandIn.Root}{StandIn.Version}/", "../", "tor-expert-bundle-android-x86-15.0.3.tar.gz", StandIn.ArchiveName() + ".asc");

        var problem = await Place.RefusedAsync(ProblemCodes.InstallFailed);

        Assert.Contains($"At {Place.Site.Source} there is no tor for this computer", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TorSharp_does_not_look_into_an_archive_that_is_not_right()
    {
        // It would say that this is no archive; it must not come so far.
        Place.Site.Put(StandIn.ArchivePath(), "no archive at all"u8.ToArray());

        Assert.Contains("not the one that was published", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
    }
}

/// <summary>Installing a tor from a stand-in on loopback: what is right is installed, and of what is not nothing stays.</summary>
public abstract class InstallTests(Func<ITorFetcher> fetcher) : IAsyncLifetime
{
    private protected InstallWorkplace Place { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Place = await InstallWorkplace.CreateAsync(fetcher);

    public async ValueTask DisposeAsync()
    {
        if (Place is not null)
            await Place.DisposeAsync();
    }

    [Fact]
    public async Task A_good_archive_is_installed_and_runs()
    {
        var installed = await Place.InstallAsync();

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Place.Archive)), installed.Sha256);
        Assert.Equal(Place.Key.Fingerprint, installed.SignedBy);
        Assert.Equal(new Uri(Place.Site.Source, StandIn.ArchivePath()).AbsoluteUri, installed.Source);
        Assert.StartsWith(Path.Combine(Place.State, "tor-program", StandIn.Version), installed.Path, StringComparison.Ordinal);
        var tor = await TorExecutable.FindAsync(new TorPlaces(installed.Path, []), Cancel);
        Assert.Equal(tor.Version.ToString(), installed.Version);
        Assert.Equal(installed, new InstalledTor(Place.State).Find());
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(installed.Path)!, "pluggable_transports", "lyrebird")));

        // The newest is taken, whatever the order of the listing; and nothing but what is needed is asked for.
        Assert.Equal(
            [StandIn.Root, $"{StandIn.Root}{StandIn.Version}/", StandIn.ChecksumsPath(), StandIn.SignaturePath(), "/key", StandIn.ArchivePath()],
            Place.Site.Asked);
    }

    [Fact]
    public async Task What_is_installed_is_the_users_alone_and_no_key_ring_stays()
    {
        var installed = await Place.InstallAsync();

        Assert.DoesNotContain(Place.Traces(), trace => trace.Contains("gnupg", StringComparison.Ordinal) || trace.Contains("lock", StringComparison.Ordinal));
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Others = (UnixFileMode)0b000_111_111;
        foreach (var found in new DirectoryInfo(Place.State).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
            Assert.True((found.UnixFileMode & Others) == 0, $"{found.FullName} {found.UnixFileMode}");
        Assert.True(File.GetUnixFileMode(installed.Path).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task A_flipped_byte_is_refused()
    {
        var other = Place.Archive.ToArray();
        other[other.Length / 2] ^= 1;
        Place.Site.Put(StandIn.ArchivePath(), other);

        var problem = await Place.RefusedAsync(ProblemCodes.InstallRefused);

        Assert.Contains("not the one that was published", problem.Detail, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(other)), problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shorter_archive_is_refused()
    {
        Place.Site.Put(StandIn.ArchivePath(), Place.Archive[..^1000]);

        Assert.Contains("not the one that was published", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_breaks_off_is_not_installed()
    {
        Place.Site.Files[StandIn.ArchivePath()] = async context =>
        {
            context.Response.ContentLength = Place.Archive.Length;
            await context.Response.Body.WriteAsync(Place.Archive.AsMemory(0, Place.Archive.Length / 2), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        };

        Assert.Contains("could not be fetched", (await Place.RefusedAsync(ProblemCodes.InstallFailed)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_signature_is_refused_before_the_archive_is_fetched()
    {
        Place.Site.Files.TryRemove(StandIn.SignaturePath(), out _);

        Assert.Contains("There is no signature", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(StandIn.ArchivePath(), Place.Site.Asked);
    }

    [Fact]
    public async Task A_foreign_signature_is_refused_before_the_archive_is_fetched()
    {
        using var foreign = GpgKey.Create();
        Place.Site.Put(StandIn.SignaturePath(), foreign.Sign(StandIn.Checksums((StandIn.ArchiveName(), Place.Archive))));

        Assert.Contains("not the Tor Project's: it was made with another key", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(StandIn.ArchivePath(), Place.Site.Asked);
    }

    [Fact]
    public async Task A_foreign_key_is_refused_with_all_it_signed()
    {
        using var foreign = GpgKey.Create();
        Place.Site.Publish(Place.Archive, foreign);

        var problem = await Place.RefusedAsync(ProblemCodes.InstallRefused);

        Assert.Contains($"its fingerprint is {foreign.Fingerprint}, not {Place.Key.Fingerprint}", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_checksum_of_another_file_is_refused()
    {
        // Signed, and of the right bytes: but of an older version, or of another platform.
        foreach (var name in new[] { StandIn.ArchiveName("14.0"), "tor-expert-bundle-android-x86-15.0.3.tar.gz" })
        {
            var checksums = StandIn.Checksums((name, Place.Archive));
            Place.Site.Put(StandIn.ChecksumsPath(), checksums);
            Place.Site.Put(StandIn.SignaturePath(), Place.Key.Sign(checksums));

            Assert.Contains($"do not name {StandIn.ArchiveName()}", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_archive_that_is_too_long_is_refused(bool saysItsLength)
    {
        Place.Terms = Place.Terms with { LongestArchive = Place.Archive.Length - 1 };
        Place.Site.Files[StandIn.ArchivePath()] = async context =>
        {
            if (saysItsLength)
                context.Response.ContentLength = 1L << 40;
            try
            {
                while (!context.RequestAborted.IsCancellationRequested)
                    await context.Response.Body.WriteAsync(Place.Archive, context.RequestAborted);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // Nobody wants the rest.
            }
        };

        Assert.Contains("is longer than", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_that_never_ends_is_refused()
    {
        Place.Terms = Place.Terms with { LongestText = 100_000 };
        Place.Site.Put(StandIn.Root, new byte[200_000]);

        Assert.Contains("is longer than", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listing", 404)]
    [InlineData("listing", 500)]
    [InlineData("checksums", 500)]
    [InlineData("signature", 503)]
    [InlineData("key", 404)]
    [InlineData("key", 500)]
    [InlineData("archive", 404)]
    [InlineData("archive", 500)]
    public async Task A_server_that_fails_is_named(string file, int status)
    {
        Place.Site.Files[PathOf(file)] = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("sorry", Cancel);
        };

        var problem = await Place.RefusedAsync(ProblemCodes.InstallFailed);

        Assert.Contains("127.0.0.1", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listing")]
    [InlineData("checksums")]
    [InlineData("key")]
    [InlineData("archive")]
    public async Task A_server_that_hangs_up_is_told_of(string file)
    {
        Place.Site.Files[PathOf(file)] = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        Assert.Contains("could not be fetched", (await Place.RefusedAsync(ProblemCodes.InstallFailed)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("listing", false)]
    [InlineData("archive", false)]
    [InlineData("archive", true)]
    public async Task A_server_that_falls_silent_is_not_waited_for_for_ever(string file, bool inTheMiddle)
    {
        Place.Terms = Place.Terms with { AnswerLimit = TimeSpan.FromSeconds(1) };
        Place.Site.Files[PathOf(file)] = async context =>
        {
            if (inTheMiddle)
                await context.Response.Body.WriteAsync(new byte[100], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (!inTheMiddle)
                context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var clock = Stopwatch.StartNew();

        Assert.Contains("did not answer in time", (await Place.RefusedAsync(ProblemCodes.InstallFailed)).Detail, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Until.Limit);
    }

    [Fact]
    public async Task A_listing_that_leads_to_another_site_is_refused()
    {
        Place.Site.List($"{StandIn.Root}{StandIn.Version}/", $"http://127.0.0.2:9/{StandIn.ArchiveName()}");

        Assert.Contains("leads to another site", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_slash_at_the_end_of_the_source_can_be_left_out()
    {
        var installed = await Place.InstallAsync(source: new Uri(Place.Site.Source.AbsoluteUri.TrimEnd('/')));

        Assert.True(File.Exists(installed.Path));
    }

    [Fact]
    public async Task With_a_proxy_all_of_it_goes_through_the_proxy()
    {
        // The name exists nowhere; the stand-in is the proxy, which answers for every host.
        var settings = new TorSettings { Proxy = $"https://user:secret@127.0.0.1:{Place.Site.Source.Port}" };

        var installed = await Place.InstallAsync(source: new Uri("http://mirror.invalid" + StandIn.Root), settings: settings);

        Assert.Equal("http://mirror.invalid" + StandIn.ArchivePath(), installed.Source);
        Assert.Equal(6, Place.Site.Asked.Count);
    }

    [Fact]
    public async Task Without_gpg_nothing_is_asked_for_unless_that_is_accepted_and_then_it_is_said()
    {
        Place.Terms = Place.Terms with { OpenPgp = () => new OpenPgpPrograms(null, null) };

        var problem = await Place.RefusedAsync(ProblemCodes.InstallRefused);
        Assert.Contains("There is no gpg or gpgv", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("-WithoutSignature", problem.Advice, StringComparison.Ordinal);
        Assert.Empty(Place.Site.Asked);

        // Nothing at all would vouch for it.
        var plain = await Place.RefusedAsync(ProblemCodes.InstallRefused, withoutSignature: true, new Uri("http://mirror.invalid/torbrowser/"));
        Assert.Contains("nothing would vouch", plain.Detail, StringComparison.Ordinal);

        var installed = await Place.InstallAsync(withoutSignature: true);
        Assert.Null(installed.SignedBy);
        Assert.DoesNotContain(StandIn.SignaturePath(), Place.Site.Asked);
    }

    [Fact]
    public async Task Without_gpg_the_checksum_counts_all_the_same()
    {
        Place.Terms = Place.Terms with { OpenPgp = () => new OpenPgpPrograms(null, null) };
        Place.Site.Put(StandIn.ArchivePath(), Place.Archive[..^1]);

        await Place.RefusedAsync(ProblemCodes.InstallRefused, withoutSignature: true);
    }

    [Fact]
    public async Task With_gpg_the_signature_counts_even_if_it_could_be_done_without()
    {
        Place.Site.Files.TryRemove(StandIn.SignaturePath(), out _);

        await Place.RefusedAsync(ProblemCodes.InstallRefused, withoutSignature: true);
    }

    [Fact]
    public async Task What_is_refused_leaves_the_older_installation_whole_and_in_use()
    {
        var first = await Place.InstallAsync();
        var other = Place.Archive.ToArray();
        other[^9] ^= 1;
        Place.Site.Put(StandIn.ArchivePath(), other);

        await Place.RefusedAsync(ProblemCodes.InstallRefused);

        Assert.Equal(first, new InstalledTor(Place.State).Find());
        Assert.Equal(first.Version, (await TorExecutable.FindAsync(new TorPlaces(first.Path, []), Cancel)).Version.ToString());
    }

    [Fact]
    public async Task A_newer_one_takes_thePlace_and_the_one_before_stays_until_the_next()
    {
        var first = await Place.InstallAsync();
        Place.Site.Publish(Place.Archive, Place.Key, "15.1");
        var second = await Place.InstallAsync();

        Assert.EndsWith("15.1", Directory.GetParent(second.Path)!.Parent!.Parent!.Name, StringComparison.Ordinal);
        Assert.True(File.Exists(first.Path));
        Assert.Equal(second, new InstalledTor(Place.State).Find());

        // The same once more has a folder of its own: the one there is may be running.
        var third = await Place.InstallAsync();
        Assert.NotEqual(second.Path, third.Path);
        Assert.Equal(third, new InstalledTor(Place.State).Find());
        Assert.False(File.Exists(first.Path));
        Assert.True(File.Exists(second.Path));
    }

    [Fact]
    public async Task The_one_that_the_settings_name_stays()
    {
        var settings = new TorSettings { Executable = (await Place.InstallAsync()).Path };
        for (var number = 1; number < 4; number++)
            await Place.InstallAsync(settings: settings);

        Assert.True(File.Exists(settings.Executable));
        Assert.Equal(3, Directory.GetDirectories(Path.Combine(Place.State, "tor-program")).Length);
    }

    [Fact]
    public async Task A_moved_state_folder_still_has_its_tor()
    {
        var installed = await Place.InstallAsync();
        var moved = Place.State + " moved";
        Directory.Move(Place.State, moved);

        Assert.Equal(installed.Path.Replace(Place.State, moved, StringComparison.Ordinal), new InstalledTor(moved).Find()!.Path);
    }

    [Fact]
    public async Task Two_at_once_do_not_come_in_each_others_way()
    {
        var (asked, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var archive = Place.Site.Files[StandIn.ArchivePath()];
        Place.Site.Files[StandIn.ArchivePath()] = async context =>
        {
            asked.TrySetResult();
            await goOn.Task.WaitAsync(context.RequestAborted);
            await archive(context);
        };
        var first = Place.InstallAsync();
        await asked.Task.WaitAsync(Until.Limit, Cancel);

        var second = await Assert.ThrowsAsync<ProblemException>(() => Place.InstallAsync());
        goOn.SetResult();

        Assert.Equal(ProblemCodes.InstallFailed, second.Problem.Code);
        Assert.Contains("being installed", second.Problem.Detail, StringComparison.Ordinal);
        Assert.True(File.Exists((await first).Path));
    }

    [Fact]
    public async Task A_cancelled_one_leaves_nothing()
    {
        var asked = new TaskCompletionSource();
        Place.Site.Files[StandIn.ArchivePath()] = async context =>
        {
            await context.Response.Body.WriteAsync(Place.Archive.AsMemory(0, 1000), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var installing = Place.InstallAsync(cancellationToken: stop.Token);
        await asked.Task.WaitAsync(Until.Limit, Cancel);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installing);
        Assert.Empty(Place.Traces());
    }

    [Fact]
    public async Task What_a_crash_left_is_removed_by_the_next()
    {
        var left = Path.Combine(Place.State, "tor-program", "new", "tor-linux64-1.0");
        Directory.CreateDirectory(left);
        await File.WriteAllTextAsync(Path.Combine(left, "half"), "half", Cancel);

        await Place.InstallAsync();

        Assert.DoesNotContain(Place.Traces(), trace => trace.Contains("half", StringComparison.Ordinal) || trace.Contains("new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_is_told_before_the_archive_is_fetched()
    {
        Place.Terms = Place.Terms with { FreeSpace = _ => 1000 };

        Assert.Contains("free for", (await Place.RefusedAsync(ProblemCodes.InstallFailed)).Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(StandIn.ArchivePath(), Place.Site.Asked);
    }

    [Fact]
    public async Task An_archive_without_a_tor_is_refused()
    {
        Place.Site.Publish(StandIn.Archive(null), Place.Key);

        Assert.Contains("There is no tor program in", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tor_that_does_not_run_here_is_not_installed()
    {
        Place.Site.Publish(StandIn.Archive("this is no program"u8.ToArray()), Place.Key);

        Assert.Contains("can't be run on this computer", (await Place.RefusedAsync(ProblemCodes.InstallFailed)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("tor/../../outside")]
    public async Task A_name_that_leads_out_of_the_folder_is_refused_even_when_it_is_signed(string name)
    {
        Place.Site.Publish(StandIn.Archive(InstallRequires.Tor(), tar => StandIn.Add(tar, name, "x"u8.ToArray())), Place.Key);

        Assert.Contains("leads elsewhere", (await Place.RefusedAsync(ProblemCodes.InstallRefused)).Detail, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(Place.State)!, "outside", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task An_older_tor_than_the_installed_one_is_refused()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The older tor is a shell script.");
        var first = await Place.InstallAsync();
        Place.Site.Publish(StandIn.Archive("#!/bin/sh\necho 'Tor version 0.4.1.1.'\n"u8.ToArray()), Place.Key, "16.0");

        var problem = await Place.RefusedAsync(ProblemCodes.InstallRefused);

        Assert.Contains($"is tor 0.4.1.1, older than the {first.Version} that is installed", problem.Detail, StringComparison.Ordinal);
    }

    private static string PathOf(string file) => file switch
    {
        "listing" => StandIn.Root,
        "checksums" => StandIn.ChecksumsPath(),
        "signature" => StandIn.SignaturePath(),
        "key" => "/key",
        _ => StandIn.ArchivePath(),
    };
}
