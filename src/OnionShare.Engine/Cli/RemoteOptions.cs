using System.CommandLine;

namespace OnionShare.Engine.Cli;

/// <summary>The address and the options of the verbs at the other end of a service.</summary>
internal sealed class RemoteOptions
{
    private readonly Argument<string> _url = new("URL") { Description = "The service's URL; - reads it from standard input, so that its password is in no process list." };
    private readonly Option<bool> _localOnly = new("--local-only") { Description = "The service is on this computer, and is visited without tor." };

    private readonly Option<FileInfo?> _passwordFile = new("--password-file")
    {
        Description = "Take the service's password from the first line of this file.",
        HelpName = "FILE",
    };

    private readonly Option<FileInfo?> _keyFile = new("--client-key-file")
    {
        Description = "Take the client key that the service asks for from the first line of this file.",
        HelpName = "FILE",
    };

    /// <summary>Adds them to a verb; the address is its first argument.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Insert(0, _url);
        command.Add(_localOnly);
        command.Add(_passwordFile);
        command.Add(_keyFile);
        EngineSettings.AddTo(command);
    }

    /// <summary>Adds to a verb that runs a service what it does not have: the address of another, if one is to be visited.</summary>
    public void AddToChat(Command command)
    {
        _url.Arity = ArgumentArity.ZeroOrOne;
        command.Arguments.Insert(0, _url);
        command.Add(_keyFile);
    }

    public bool HasUrl(ParseResult parsed) => !string.IsNullOrEmpty(parsed.GetValue(_url));

    public T Apply<T>(ParseResult parsed, T request)
        where T : RemoteRequest
    {
        var url = parsed.GetValue(_url)!;
        return (T)(request with
        {
            Url = url == "-" ? Console.In.ReadLine() ?? "" : url,
            LocalOnly = parsed.GetValue<bool>(_localOnly.Name), // by name: a verb that also runs services has these two as its own
            Password = FirstLine(parsed.GetValue<FileInfo?>(_passwordFile.Name)),
            ClientKey = FirstLine(parsed.GetValue(_keyFile)),
        });
    }

    public static Option<int> Connections(string description) => new("--connections") { Description = description, HelpName = "N", DefaultValueFactory = _ => 4 };

    private static string? FirstLine(FileInfo? file)
    {
        if (file is null) return null;
        try
        {
            using var reader = file.OpenText();
            return reader.ReadLine() ?? "";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(ProblemCodes.PathNotReadable, $"'{RemoteText.Show(file.FullName)}' can't be read.", "Check the path.", file.FullName);
        }
    }
}
