using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>A service the engine was asked to start.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="RanAlready">Whether it was there before, and so is not to go down when whoever asked gives up.</param>
internal readonly record struct LaunchedService(ServiceStatus Status, bool RanAlready = false);
