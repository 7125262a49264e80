using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes countries (ISO 3166-1, two letters) by their code or their English name.</summary>
public sealed class CountryCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        return Countries()
            .Where(country => IsBegunBy(country.TwoLetterISORegionName) || IsBegunBy(country.EnglishName))
            .OrderBy(country => country.TwoLetterISORegionName, StringComparer.Ordinal)
            .Select(country => new CompletionResult(
                country.TwoLetterISORegionName.ToLowerInvariant(),
                country.TwoLetterISORegionName,
                CompletionResultType.ParameterValue,
                country.EnglishName));

        bool IsBegunBy(string name) => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase);
    }

    // Regions such as 001, the world, are no countries. Where .NET has no cultures (invariant mode) there is nothing to propose.
    private static IEnumerable<RegionInfo> Countries() => CultureInfo.GetCultures(CultureTypes.SpecificCultures)
        .Select(culture => new RegionInfo(culture.Name))
        .Where(region => region.TwoLetterISORegionName.Length == 2 && region.TwoLetterISORegionName.All(char.IsAsciiLetter))
        .DistinctBy(region => region.TwoLetterISORegionName);
}
