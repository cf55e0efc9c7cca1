using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Disk;

/// <summary>One thread of a disk: runs its work in order, each piece after the one before it has reported that it is done.</summary>
internal sealed class DiskWorker(SimProcess process)
{
    private const long StepLeastUs = 20;
    private const long StepMostUs = 500;

    private readonly Queue<Action<Action>> _work = new();
    private bool _isBusy;

    public void Add(Action<Action> work)
    {
        _work.Enqueue(work);
        TakeNext();
    }

    /// <summary>Adds work that is done when the action returns.</summary>
    public void Add(Action work) => Add(done =>
    {
        work();
        done();
    });

    private void TakeNext()
    {
        if (_isBusy || !_work.TryDequeue(out Action<Action>? work))
            return;

        _isBusy = true;
        process.World.Time.After(process.World.Chance.Skewed(StepLeastUs, StepMostUs), process.InThisRun(() => work(() =>
        {
            _isBusy = false;
            TakeNext();
        })));
    }
}
