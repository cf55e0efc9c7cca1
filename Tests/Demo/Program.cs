using System.Runtime.InteropServices;
using JustHungry.Demo;

// Run by run-demo.sh and run-demo.ps1, which build everything first.
const int Failed = 1, Interrupted = 130;

using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

// Disposed of even when interrupted, so that no process and no file is left behind.
await using var stage = new Stage(interrupted.Token);
try
{
    await Story.TellAsync(stage);
    return 0;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    return Interrupted;
}
catch (Exception e) when (e is DemoException or TimeoutException or InvalidOperationException)
{
    Console.Error.WriteLine($"The demo failed: {e.Message}. What the processes said:");
    Console.Error.WriteLine(stage.LastWords());
    return Failed;
}

void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}
