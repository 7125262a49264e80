using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OnionShare.Engine.Tor.Installation;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>
/// A stand-in on loopback for the Tor Project's download site and its directory of keys: listings in the form of Apache's, an archive made here of the
/// machine's own tor program, checksums, and a signature made with a throw-away key.
/// </summary>
internal sealed class StandIn : IAsyncDisposable
{
    public const string Root = "/dist/torbrowser/", Version = "15.0.3";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _asked = new();

    private StandIn(WebApplication app) => _app = app;

    /// <summary>What is at each path; a path that is not there is 404.</summary>
    public ConcurrentDictionary<string, RequestDelegate> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The paths that were asked for.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    /// <summary>Its address, as given for <c>-Source</c>.</summary>
    public Uri Source { get; private set; } = new("http://127.0.0.1/");

    public Uri KeySource => new(Source, "/key");

    /// <summary>The archive's name, as the Tor Project calls it for this platform.</summary>
    public static string ArchiveName(string version = Version)
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux";
        var processor = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64
            && !OperatingSystem.IsWindows() ? "aarch64" : "x86_64";
        return $"tor-expert-bundle-{system}-{processor}-{version}.tar.gz";
    }

    public static string ArchivePath(string version = Version) => $"{Root}{version}/{ArchiveName(version)}";

    public static string ChecksumsPath(string version = Version) => $"{Root}{version}/{PublishedChecksums.FileName}";

    public static string SignaturePath(string version = Version) => ChecksumsPath(version) + ".asc";

    public static async Task<StandIn> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var site = new StandIn(app);
        app.Run(context =>
        {
            site._asked.Enqueue(context.Request.Path);
            if (site.Files.TryGetValue(context.Request.Path, out var answer))
                return answer(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await app.StartAsync(cancellationToken);
        site.Source = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + Root);
        return site;
    }

    /// <summary>Puts a release there, and lists it before the older ones.</summary>
    public void Publish(byte[] archive, GpgKey? key, string version = Version)
    {
        Put(ArchivePath(version), archive);
        var checksums = Checksums((ArchiveName(version), archive));
        Put(ChecksumsPath(version), checksums);
        if (key is not null)
        {
            Put(SignaturePath(version), key.Sign(checksums));
            Put(KeySource.AbsolutePath, key.Public);
        }

        List(Root, "../", "13.5a1/", "12.0/", version + "/", "README");
        List($"{Root}{version}/", "../", "mar-tools-linux64.zip", ArchiveName(version), ArchiveName(version) + ".asc", PublishedChecksums.FileName);
        List(Root + "12.0/", "../");
    }

    /// <summary>The text of a checksums file: the given ones among others.</summary>
    public static byte[] Checksums(params (string Name, byte[] Content)[] files) => Encoding.UTF8.GetBytes(string.Concat(
        files.Select(file => (file.Name, Hash: Convert.ToHexString(SHA256.HashData(file.Content)).ToLowerInvariant()))
            .Prepend(("mar-tools-linux64.zip", new string('0', 64))).Append(("tor-browser-windows-x86_64.exe", new string('f', 64)))
            .Select(line => $"{line.Item2}  {line.Item1}\n")));

    public void Put(string path, byte[] content) => Files[path] = async context =>
    {
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    };

    public void List(string path, params string[] names) => Put(path, Encoding.UTF8.GetBytes(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<html><head><title>Index of " + path + "</title></head>\n<body><h1>Index</h1>\n<pre>"
        + string.Concat(names.Select(name => $"<img src=\"/icons/folder.gif\" alt=\"[DIR]\"> <a href=\"{name}\">{name}</a>  2025-11-21 10:00    -   \n"))
        + "</pre></body></html>\n"));

    /// <summary>An archive as the Tor Project makes them, with a tor program in it.</summary>
    /// <param name="tor">The program; null to leave it out.</param>
    /// <param name="change">Adds entries of the test's own.</param>
    public static byte[] Archive(byte[]? tor, Action<TarWriter>? change = null)
    {
        var bytes = new MemoryStream();
        using (var tar = new TarWriter(new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true), TarEntryFormat.Gnu))
        {
            Add(tar, "data/", null);
            Add(tar, "data/geoip", "# no addresses\n"u8.ToArray());
            Add(tar, "data/geoip6", "# no addresses\n"u8.ToArray());
            Add(tar, "data/torrc-defaults", ""u8.ToArray());
            Add(tar, "tor/", null);
            Add(tar, "tor/pluggable_transports/", null);
            Add(tar, "tor/pluggable_transports/lyrebird", "#!/bin/sh\n"u8.ToArray(), runs: true);
            if (tor is not null)
                Add(tar, OperatingSystem.IsWindows() ? "tor/tor.exe" : "tor/tor", tor, runs: true);
            change?.Invoke(tar);
        }

        return bytes.ToArray();
    }

    public static void Add(TarWriter tar, string name, byte[]? content, bool runs = false)
    {
        var entry = new GnuTarEntry(content is null ? TarEntryType.Directory : TarEntryType.RegularFile, name)
        {
            Mode = (UnixFileMode)Convert.ToInt32(content is null || runs ? "755" : "644", 8),
        };
        if (content is not null)
            entry.DataStream = new MemoryStream(content);
        tar.WriteEntry(entry);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
