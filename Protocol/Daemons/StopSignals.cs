using System.Runtime.InteropServices;

namespace JustHungry.Protocol.Daemons;

/// <summary>SIGTERM, SIGINT and ctrl-C, on every system: a cancelled token instead of a killed process. The second one kills.</summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
    ];

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (_stop.IsCancellationRequested)
            return;

        context.Cancel = true;
        ThreadPool.UnsafeQueueUserWorkItem(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
    }
}
