namespace OnionShare.Cmdlets.Completion;

/// <summary>What <c>Set-OnionTor -Reset</c> takes: a setting by the parameter that sets it, or <see cref="All"/>.</summary>
public sealed class TorSettingNames : IValidateSetValuesGenerator
{
    internal const string All = "All";

    public string[] GetValidValues() => [All, .. TorSetting.All.Select(setting => setting.Parameter)];
}
