using System.IO.Compression;
using OnionShare.Engine.Archive;
using OnionShare.Engine.Tests.Files;
using Xunit;
using SharpZip = ICSharpCode.SharpZipLib.Zip;

namespace OnionShare.Engine.Tests.Archive;

/// <summary>The archives open in what people open archives with.</summary>
public sealed class VirtualZipReadersTests : IDisposable
{
    private const string JavaStreamTest = """
        import java.io.FileInputStream;
        import java.util.zip.ZipInputStream;

        class Unzip {
            public static void main(String[] arguments) throws Exception {
                try (var zip = new ZipInputStream(new FileInputStream(arguments[0]))) {
                    for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
                        System.out.println(entry.getName() + " " + zip.readAllBytes().length);
                }
            }
        }
        """;

    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(ZipTools.All), MemberType = typeof(ZipTools))]
    public async Task An_empty_folder_gives_an_empty_archive(string tool) => await ZipTools.TestAsync(tool, await SavedAsync());

    [Theory]
    [MemberData(nameof(ZipTools.All), MemberType = typeof(ZipTools))]
    public async Task Files_folders_and_names_of_any_script_pass_the_tools(string tool)
    {
        Fill(_folder);
        await ZipTools.TestAsync(tool, await SavedAsync());
    }

    [Fact]
    public void Dotnet_reads_names_times_modes_and_bytes()
    {
        var expected = Fill(_folder);
        using var zip = new ZipArchive(new ContentStream(new VirtualZip(_folder.Scan())));

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
        foreach (var entry in zip.Entries)
        {
            using var content = new StreamReader(entry.Open());
            Assert.Equal(expected[entry.FullName], content.ReadToEnd());
        }
    }

    [Fact]
    public void SharpZipLib_finds_nothing_wrong_in_local_and_central_records()
    {
        Fill(_folder);
        using var zip = new SharpZip.ZipFile(new ContentStream(new VirtualZip(_folder.Scan())));
        Assert.Equal(string.Empty, SharpZipFaults.Of(zip, testData: true));
    }

    [Fact]
    public async Task Java_reads_the_archive_as_it_arrives()
    {
        var expected = Fill(_folder).Where(static file => file.Key[^1] != '/').ToDictionary();
        var source = _folder.Outside("Unzip.java");
        await File.WriteAllTextAsync(source, JavaStreamTest, Cancel);
        var (exit, output) = await ZipTools.RunAsync("java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", source, await SavedAsync());
        Assert.True(exit == 0, output);
        Assert.Equal(
            expected.Select(static file => $"{file.Key} {System.Text.Encoding.UTF8.GetByteCount(file.Value)}").Order(StringComparer.Ordinal),
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => !line.Contains("/ ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task SharpZipLib_reads_the_archive_as_it_arrives()
    {
        var expected = Fill(_folder);
        await using var file = File.OpenRead(await SavedAsync());
        await using var zip = new SharpZip.ZipInputStream(file);
        var found = new Dictionary<string, string>();
        while (zip.GetNextEntry() is { } entry)
        {
            Assert.True(entry.IsDirectory || entry.Crc != 0 || entry.Size == 0, $"{entry.Name} has no CRC before its bytes");
            using var content = new StreamReader(zip, leaveOpen: true);
            found[entry.Name] = await content.ReadToEndAsync(Cancel);
        }

        Assert.Equal(expected.OrderBy(static pair => pair.Key, StringComparer.Ordinal), found.OrderBy(static pair => pair.Key, StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ZipTools.All), MemberType = typeof(ZipTools))]
    public async Task A_file_too_long_to_be_read_before_it_is_sent_has_its_CRC_behind_it(string tool)
    {
        _folder.WriteSparse("long", ZipItem.LongestWithoutDescriptor + 1);
        _folder.Write("short", "short");
        var saved = await SavedAsync();
        Assert.Equal("short", await ZipTools.ReadAsync(tool, saved, "short"));
        await ZipTools.TestAsync(tool, saved);
    }

    [Theory]
    [MemberData(nameof(ZipTools.All), MemberType = typeof(ZipTools))]
    public async Task Seventy_thousand_files_pass_the_tools(string tool)
    {
        FillManyTimesOver();
        var output = await ZipTools.TestAsync(tool, await SavedAsync());
        if (tool == "python3") Assert.Equal("70070", output.Trim());
    }

    [Fact]
    public void Seventy_thousand_files_are_all_there_for_dotnet()
    {
        FillManyTimesOver();
        using var zip = new ZipArchive(new ContentStream(new VirtualZip(_folder.Scan())));
        Assert.Equal(70_070, zip.Entries.Count);
        Assert.Equal("069/999", zip.Entries[^1].FullName);
    }

    // Sixty-nine links to one folder of a thousand files: as many entries, without as many files to make.
    private void FillManyTimesOver()
    {
        for (var j = 0; j < 1000; j++) _folder.Write($"000/{j:000}", j == 999 ? "last" : "");
        for (var i = 1; i < 70; i++) Directory.CreateSymbolicLink(_folder.At($"{i:000}"), _folder.At("000"));
    }

    private static Dictionary<string, string> Fill(ShareFolder folder)
    {
        var files = new Dictionary<string, string>
        {
            ["empty"] = "",
            ["one.txt"] = "1",
            ["日本語/ファイル.txt"] = "中身",
            ["עברית.txt"] = "שלום",
            ["🧅/café — naïve.txt"] = "onion",
            ["a b/c'd$.sh"] = "#!/bin/sh\n",
            [new string('n', 255)] = "long",
            [new string('é', 127) + "x"] = "long in UTF-8",
            ["large"] = new string('x', 1_000_003),
        };
        foreach (var (name, text) in files) folder.Write(name, text);
        Directory.CreateDirectory(folder.At("void/inner"));
        foreach (var name in (string[])["日本語/", "🧅/", "a b/", "void/", "void/inner/"]) files[name] = "";
        return files;
    }

    private async Task<string> SavedAsync()
    {
        var path = _folder.Outside("saved.zip");
        await new VirtualZip(_folder.Scan()).WriteSparseAsync(path);
        return path;
    }
}
