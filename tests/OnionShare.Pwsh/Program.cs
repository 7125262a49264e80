// The console host of PowerShell, as the official pwsh is one.
return Microsoft.PowerShell.UnmanagedPSEntry.Start(args, args.Length);
