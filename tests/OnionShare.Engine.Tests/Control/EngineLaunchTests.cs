using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

public sealed class EngineLaunchTests
{
    // Row «diagnostic sockets of the runtime in /tmp».
    [Fact]
    public void However_it_is_run_nobody_can_attach_to_it()
    {
        foreach (var launch in new[] { EngineLaunch.Own("/bin/engine"), EngineLaunch.InPowerShell(["/bin/pwsh"], "/module/engine") })
            Assert.Equal("0", launch.Environment["DOTNET_EnableDiagnostics"]);
    }
}
