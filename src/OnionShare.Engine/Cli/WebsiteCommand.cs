using System.CommandLine;

namespace OnionShare.Engine.Cli;

/// <summary><c>website PATH…</c>: serves files as a website until somebody stops it.</summary>
internal static class WebsiteCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "The site's folder; or several files and folders, which become its top level.",
            Arity = ArgumentArity.OneOrMore,
        };
        var policy = new Option<string?>("--csp")
        {
            Description = "A Content-Security-Policy of your own instead of the strict one.",
            HelpName = "TEXT",
        };
        var noPolicy = new Option<bool>("--no-csp")
        {
            Description = "Send no Content-Security-Policy: pages may load from other hosts, which can tell them who reads.",
        };
        var hidden = new Option<bool>("--hidden") { Description = "Serve hidden files, such as those whose names begin with a dot, too." };
        var common = new ServiceOptions();
        var command = new Command("website", "Serve files as a website.") { paths, policy, noPolicy, hidden };
        common.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(noPolicy) && result.GetValue(policy) is not null) result.AddError("--csp and --no-csp exclude each other.");
        });
        command.SetAction((parsed, _) => ForegroundService.RunAsync(
            EngineSettings.Read(parsed),
            () => common.Apply(parsed, new WebsiteRequest
            {
                Paths = [.. parsed.GetValue(paths)!.Select(Path.GetFullPath)],
                ContentSecurityPolicy = parsed.GetValue(policy),
                NoContentSecurityPolicy = parsed.GetValue(noPolicy),
                IncludeHidden = parsed.GetValue(hidden),
            }),
            common.WantsQr(parsed)));
        return command;
    }
}
