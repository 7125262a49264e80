extern alias cmdlets;

using System.Reflection;
using System.Xml.Linq;
using cmdlets::OnionShare;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Settings;

/// <summary>What is written out a setting at a time, because people's tools read it, says the same as the table; of the parameters a Pester test says it.</summary>
public sealed class TorSettingTests
{
    private static readonly IEnumerable<string> Names = TorSetting.All.Select(setting => setting.Name);

    // A password is not given out.
    private static readonly IEnumerable<string> Given =
        TorSetting.All.Select(setting => setting.IsSecret ? "Has" + setting.Parameter : setting.Parameter).Order();

    [Fact]
    public void Every_property_that_can_be_set_is_in_the_table() =>
        Assert.Equal(PropertiesOf(typeof(TorSettings)).Except([nameof(TorSettings.HasControlPassword)]), Names.Order());

    [Fact]
    public void Get_OnionTor_gives_each_setting() => Assert.Equal(Given, PropertiesOf(typeof(OnionTorSettings)));

    [Fact]
    public void The_view_shows_each_setting()
    {
        var view = XDocument.Load(Path.Join(Repository.Root, "module", "OnionShare.format.ps1xml")).Descendants("View").Single(one => (string?)one.Element("Name") == nameof(OnionTorSettings));
        Assert.Equal(Given, view.Descendants("Label").Select(label => label.Value).Order());
    }

    [Fact]
    public void What_is_at_its_default_has_no_value() => Assert.All(TorSetting.All, setting => Assert.Null(setting.Value(new TorSettings())));

    [Fact]
    public void A_password_is_told_of_and_not_given()
    {
        var secret = Assert.Single(TorSetting.All, setting => setting.IsSecret);
        Assert.Equal("", secret.Value(new TorSettings { HasControlPassword = true }));
        Assert.Equal("with a password", secret.Text("very secret"));
    }

    // Alphabetical, as Order() has it, so that both sides are.
    private static IEnumerable<string> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(property => property.Name).Order();
}
