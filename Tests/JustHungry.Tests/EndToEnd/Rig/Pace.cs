namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>
/// How hard users press: flat out for so many orders, so that a fault meets requests in flight; from then on with a rest between two, so
/// that what is waited for (a process that starts, a spare that joins) does not wait for a core, and tests can run side by side. Thread-safe.
/// </summary>
/// <param name="orders">How many orders, of all users together, are made without a rest.</param>
internal sealed class Pace(int orders)
{
    /// <summary>Flat out, four users keep two cores busy; with this rest they take a third of one.</summary>
    private const int RestMs = 10;

    private readonly int _orders = orders;
    private int _left = orders;

    /// <summary>Flat out, once more.</summary>
    public void Sprint() => Volatile.Write(ref _left, _orders);

    /// <summary>Between two orders of a user.</summary>
    public Task RestAsync() => Interlocked.Decrement(ref _left) >= 0 ? Task.CompletedTask : Task.Delay(RestMs);
}
