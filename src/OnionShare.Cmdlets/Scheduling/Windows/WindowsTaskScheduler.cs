using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Principal;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace OnionShare.Cmdlets.Scheduling.Windows;

/// <summary>Windows' Task Scheduler, through its own program schtasks: a folder of tasks for each user.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsTaskScheduler : ITaskScheduler
{
    private readonly string _user = WindowsIdentity.GetCurrent().User!.Value;

    // By its full path: a schtasks.exe in the current folder is not meant.
    private readonly string _program = Path.Combine(Environment.SystemDirectory, "schtasks.exe");

    public string Name => "Task Scheduler";

    private string Folder => $@"\OnionShare\{_user}\";

    public IReadOnlyList<TaskText> Compose(TaskPlan plan, TaskSetting setting)
    {
        RequireLastingVariables(setting);
        return [new TaskText(PathOf(plan.Name), TaskDefinition.Of(plan, setting, _user, PathOf(plan.Name)))];
    }

    public Task<IReadOnlyList<string>> CaveatsAsync(TaskPlan plan, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        plan.Trigger == OnionTaskTrigger.AtStartup
            ? ["Nobody is logged on when Windows starts, so schtasks asks for your Windows password; Windows keeps it, this module never sees it."]
            : plan.At is null ? [] : ["This task runs only while you are logged on."]);

    public async Task<OnionScheduledTask> RegisterAsync(TaskPlan plan, TaskSetting setting, CancellationToken cancellationToken)
    {
        var text = Compose(plan, setting).Single();
        var file = Path.Combine(Path.GetTempPath(), $"onionshare-task-{Guid.NewGuid():N}.xml");
        try
        {
            await File.WriteAllTextAsync(file, text.Content, Encoding.Unicode, cancellationToken);
            string[] create = ["/Create", "/TN", text.Path, "/XML", file, "/F"];
            var answer = plan.Trigger == OnionTaskTrigger.AtStartup
                ? await AskingAsync([.. create, "/RU", _user, "/RP", "*"], cancellationToken)
                : await SchtasksAsync(create, cancellationToken);
            if (!answer.IsGood)
            {
                throw SchedulerProblem.Refused(
                    Name, $"take the task '{text.Path}'", answer.Words,
                    plan.Trigger == OnionTaskTrigger.AtStartup
                        ? "A task at startup has to be registered in an elevated shell. Nothing was registered."
                        : "Nothing was registered.");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SchedulerProblem.FileNotWritten(file, failure);
        }
        finally
        {
            File.Delete(file);
        }

        return plan.ToTask(Name, text.Path, enabled: true, []);
    }

    public async Task<IReadOnlyList<OnionScheduledTask>> ListAsync(CancellationToken cancellationToken)
    {
        // One root around all: a single XML document.
        var answer = await SchtasksAsync(["/Query", "/XML", "ONE"], cancellationToken);
        if (!answer.IsGood) throw SchedulerProblem.Refused(Name, "list its tasks", answer.Words, "See taskschd.msc.");
        try
        {
            return
            [
                .. TaskDefinition.Plans(XDocument.Parse(answer.Output.TrimStart('\uFEFF')))
                    .Where(one => one.Path.StartsWith(Folder, StringComparison.OrdinalIgnoreCase))
                    .Select(one => one.Plan.ToTask(Name, one.Path, one.Enabled, []))
                    .OrderBy(task => task.Name, StringComparer.OrdinalIgnoreCase),
            ];
        }
        catch (XmlException failure)
        {
            throw SchedulerProblem.Refused(Name, "list its tasks in a way that can be read", failure.Message, "See taskschd.msc.", failure);
        }
    }

    public async Task UnregisterAsync(OnionScheduledTask task, CancellationToken cancellationToken)
    {
        var answer = await SchtasksAsync(["/Delete", "/TN", task.Id, "/F"], cancellationToken);
        if (!answer.IsGood) throw SchedulerProblem.Refused(Name, $"delete '{task.Id}'", answer.Words, "The task is still there.");
    }

    private string PathOf(string task) => Folder + TaskFileName.Of(task);

    // A task has no variables of its own, so those of this session must be the account's.
    private static void RequireLastingVariables(TaskSetting setting)
    {
        foreach (var (name, value) in setting.Environment)
        {
            var lasting = Environment.GetEnvironmentVariable(name, EnvironmentVariableTarget.User)
                ?? Environment.GetEnvironmentVariable(name, EnvironmentVariableTarget.Machine);
            if (lasting is not null && string.Equals(Path.GetFullPath(lasting), value, StringComparison.OrdinalIgnoreCase)) continue;
            throw new ProblemException(
                LocalCodes.NotSchedulable, $"{name} is set in this session only, and a task would run without it.",
                $"Clear it, or set it for your account: [Environment]::SetEnvironmentVariable('{name}', ..., 'User'). Nothing was registered.",
                name);
        }
    }

    private Task<ProgramResult> SchtasksAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        SchedulerProgram.RunAsync(Name, _program, arguments, cancellationToken);

    // schtasks asks for the password in the console itself, so that it is in no argument and no memory of ours.
    private async Task<ProgramResult> AskingAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(_program) { UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start) ?? throw new Win32Exception("no process was made");
            await process.WaitForExitAsync(cancellationToken);
            return new ProgramResult(process.ExitCode, "", process.ExitCode == 0 ? "" : "see what schtasks wrote above");
        }
        catch (Win32Exception missing)
        {
            throw SchedulerProblem.NotHere(Name, $"{_program} can't be run ({missing.Message})", missing);
        }
    }
}
