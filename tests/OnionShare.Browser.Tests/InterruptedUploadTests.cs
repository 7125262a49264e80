using System.Security.Cryptography;
using Microsoft.Playwright;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Browser.Tests;

public sealed class InterruptedUploadTests(BrowserFixture browser)
{
    private const int Length = 60 << 20;

    [Fact]
    public async Task A_large_upload_goes_on_after_the_connection_broke_and_the_service_was_started_anew()
    {
        await using var service = await StartAsync();
        var circuit = service.Tor.NewCircuit();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials, Proxy = circuit.Proxy });
        var page = await window.NewPageAsync();
        var complaints = Complaints.About(page, service.Address);
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync(Source(service, "large.bin"));

        var broken = circuit.BreakAfterAsync(20 << 20);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await broken.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await service.StopAsync(force: true);
        await Assertions.Expect(page.GetByText("nothing that has arrived is lost")).ToBeVisibleAsync();
        Assert.Matches(@"^\d+\.\d MiB of 60\.0 MiB arrived", await page.Locator(".figures").InnerTextAsync());
        await service.StartAsync();
        circuit.Mend();

        await page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }).WaitForAsync(new() { Timeout = 120_000 });
        AssertArrived(service, "large.bin");
        Assert.InRange(circuit.Sent, Length, Length + (16 << 20)); // it went on, rather than beginning again
        complaints.AssertNone("net::ERR_");
    }

    [Fact]
    public async Task After_a_reload_another_choice_of_files_and_another_message_are_sent_as_they_are_now()
    {
        await using var service = await StartAsync();
        var circuit = service.Tor.NewCircuit();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials, Proxy = circuit.Proxy });
        var page = await window.NewPageAsync();
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync([Source(service, "large.bin"), Source(service, "unwanted.bin")]);
        await page.GetByLabel("Message").FillAsync("meet at 5");
        var broken = circuit.BreakAfterAsync(10 << 20);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await broken.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        circuit.Mend();
        await page.ReloadAsync();

        await page.GetByText("An upload was interrupted").WaitForAsync();
        await page.GetByLabel("Files").First.SetInputFilesAsync(Path.Combine(service.Folder, "large.bin"));
        await page.GetByLabel("Message").FillAsync("meet at 6");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }).WaitForAsync(new() { Timeout = 120_000 });
        AssertArrived(service, "large.bin");
        var message = Directory.GetFiles(Path.Combine(service.Folder, "inbox"), "message*", SearchOption.AllDirectories).Single();
        Assert.Equal("meet at 6", await File.ReadAllTextAsync(message, Cancel));
        Assert.Empty(Directory.GetFiles(Path.Combine(service.Folder, "inbox"), "unwanted*", SearchOption.AllDirectories));
    }

    private static Task<RunningService> StartAsync() => RunningService.StartAsync(
        _ => { }, folder => new ReceiveRequest { Path = Path.Combine(folder, "inbox"), MinFreeSpace = 0 }, onion: true);

    private static string Source(RunningService service, string name)
    {
        var path = Path.Combine(service.Folder, name);
        var content = new byte[Length];
        new Random(name.Length).NextBytes(content);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Fails unless the file is in the inbox once, whole, and nothing half beside it.</summary>
    private static void AssertArrived(RunningService service, string name)
    {
        var arrived = Assert.Single(Directory.GetFiles(Path.Combine(service.Folder, "inbox"), name + "*", SearchOption.AllDirectories));
        Assert.Equal(Hash(Path.Combine(service.Folder, name)), Hash(arrived));

        static string Hash(string path)
        {
            using var file = File.OpenRead(path);
            return Convert.ToHexString(SHA256.HashData(file));
        }
    }
}
