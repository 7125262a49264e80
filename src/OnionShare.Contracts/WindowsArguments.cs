using System.Text;

namespace OnionShare.Contracts;

/// <summary>Arguments in the one line Windows gives a program, such that it reads back what was put in (<c>CommandLineToArgvW</c>).</summary>
public static class WindowsArguments
{
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    private static string Quote(string argument)
    {
        var quoted = new StringBuilder("\"");
        var slashes = 0;
        foreach (var character in argument)
        {
            // Backslashes stand for themselves except before a quote, where each must be doubled.
            if (character == '\\')
            {
                slashes++;
                continue;
            }

            quoted.Append('\\', character == '"' ? 2 * slashes + 1 : slashes).Append(character);
            slashes = 0;
        }

        return quoted.Append('\\', 2 * slashes).Append('"').ToString();
    }
}
