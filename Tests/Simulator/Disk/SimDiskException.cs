namespace JustHungry.Simulator.Disk;

/// <summary>A simulated disk has failed: the process must stop, and that is no violation.</summary>
internal sealed class SimDiskException(string message) : Exception(message);
