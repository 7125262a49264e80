using OnionShare.Engine.Cli;

return await CommandLine.RunAsync(args);
