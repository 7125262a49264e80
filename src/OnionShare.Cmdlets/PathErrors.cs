namespace OnionShare.Cmdlets;

/// <summary>The error records about what commands read, share, receive into or write.</summary>
internal static class PathErrors
{
    public static ErrorRecord PathNotFound(string path, bool mayBeLiteral = false) => Errors.From(new Problem(
        ProblemCodes.PathNotFound,
        $"The path '{RemoteText.Show(path)}' does not exist.",
        $"Check the spelling. {(mayBeLiteral ? "For a name with [ or ] use -LiteralPath. " : "")}Nothing was done.",
        path));

    public static ErrorRecord NoPath(string what) => Errors.From(new Problem(
        LocalCodes.NoPath,
        $"{what} is not a file or folder.",
        "Give items (Get-Item, Get-ChildItem), paths as text, completed uploads, or objects with a property Path. Nothing was done."));

    public static ErrorRecord NotReceived(string name) => Errors.From(new Problem(
        ProblemCodes.PathNotFound,
        $"The files of the upload '{RemoteText.Show(name)}' are not on the disk: it is not complete, or they were moved or deleted.",
        "Give only completed uploads whose files are there (Get-OnionTransfer -State Completed). Nothing was done.",
        name));

    public static ErrorRecord NoInput(string command) => Errors.From(new Problem(
        LocalCodes.NoInput, $"{command} takes nothing from the pipeline.", $"Run {command} alone. Nothing was published."));

    public static ErrorRecord OneInbox() => Errors.From(new Problem(
        LocalCodes.NameForOne, "More than one folder to receive into came in.", "Give one folder, or start a service for each. Nothing was published."));

    public static ErrorRecord NoFolderCame() => Errors.From(new Problem(
        LocalCodes.NothingToShare,
        "There is no folder to receive into: nothing came down the pipeline.",
        "Check the command before the pipe, or name a folder with -Path. Nothing was published."));

    public static ErrorRecord NotFileSystem(string path, string provider) => Errors.From(new Problem(
        LocalCodes.PathNotFileSystem,
        $"The path '{RemoteText.Show(path)}' belongs to the provider {provider}; only files and folders can be shared.",
        "Give a path of the file system. Nothing was done.",
        path));

    public static ErrorRecord NotFolder(string path) => Errors.From(new Problem(
        LocalCodes.PathNotFolder,
        $"The path '{RemoteText.Show(path)}' is a file; what is received goes into a folder.",
        "Give a folder; it is made if it is not there. Nothing was done.",
        path));

    public static ErrorRecord NoHome() => Errors.From(new Problem(
        LocalCodes.NoHome,
        "This user has no home folder to receive into.",
        "Name a folder with -Path. Nothing was published."));

    public static ErrorRecord NothingToShare(string verb) => Errors.From(new Problem(
        LocalCodes.NothingToShare,
        $"There is nothing to {verb}: no file or folder came in.",
        "Name a file or a folder with -Path, or check the command before the pipe."));

    public static ErrorRecord FolderGone(string service, string folder) => Errors.From(new Problem(
        ProblemCodes.PathNotFound,
        $"The folder '{RemoteText.Show(folder)}', into which '{RemoteText.Show(service)}' receives, is not there.",
        "Put it back, or stop the service and start it with another folder.",
        folder));

    public static ErrorRecord NoFileManager(string folder) => Errors.From(new Problem(
        LocalCodes.NothingOpens, $"No program was found that opens the folder '{RemoteText.Show(folder)}': there is no desktop here, or no xdg-open.", "Look into it in this shell: Get-ChildItem.", folder));

    public static ErrorRecord NotAllThere() => Errors.From(new Problem(
        ProblemCodes.PathNotFound, "Not all of -AddPath can be shared, so nothing was changed.", "See the errors above."));

    public static ErrorRecord OneFolderOnly() => Errors.From(new Problem(
        LocalCodes.NameForOne,
        "-ContentPath names more than one folder to receive into.",
        "Name one. Nothing was saved."));

    public static ErrorRecord NothingToImport(string path) => Errors.From(new Problem(
        ProblemCodes.PathNotFound,
        $"The path '{RemoteText.Show(path)}' does not exist.",
        "Check the spelling. Nothing was saved.",
        path));

    public static ErrorRecord NoImage(string path) => Errors.From(new Problem(
        ProblemCodes.InvalidRequest,
        $"'{RemoteText.Show(path)}' is no image that can be written.",
        "Give a path that ends in .png or .svg.",
        path));

    public static ErrorRecord FileIsThere(string path) => Errors.From(new Problem(
        ProblemCodes.FileExists,
        $"'{RemoteText.Show(path)}' is there already.",
        "Take another path, or overwrite it (-Force).",
        path));

    public static ErrorRecord FileNotWritten(string path, Exception failure) => Errors.From(new Problem(
        ProblemCodes.PathNotWritable,
        $"'{RemoteText.Show(path)}' can't be written: {RemoteText.Show(failure.Message)}",
        "Take a folder that is there and that you may write to.",
        path));
}
