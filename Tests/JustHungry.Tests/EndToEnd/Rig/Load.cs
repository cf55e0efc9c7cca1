using System.Diagnostics;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>
/// Several users at once, from now until they are told to stop, and what they were told. They go flat out for a while at first, and again
/// whenever the test waits for their acknowledgements.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private const int AnswersDeadlineMs = 15_000;

    /// <summary>A quarter of a second or more: longer than a test needs to choose its victim and kill it.</summary>
    private const int SprintOrders = 500;

    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Pace _pace;
    private readonly Task _running;
    private bool _isDisposed;

    private Load(Cluster cluster, int users, Pace pace)
    {
        _pace = pace;
        string directory = Directory.CreateDirectory(Path.Combine(cluster.Directory, "load-" + Guid.NewGuid().ToString("N"))).FullName;
        Users = [.. Enumerable.Range(1, users).Select(i => new LoadUser(i, _clock, cluster.NameServerEndpoint, Path.Combine(directory, $"user-{i}.json"), cluster.OfUser))];
        _running = Task.WhenAll(Users.Select(u => Task.Run(() => u.RunAsync(_pace, _stop.Token))));
    }

    public IReadOnlyList<LoadUser> Users { get; }

    public double NowMs => _clock.Elapsed.TotalMilliseconds;

    public int TriedAgain => Users.Sum(u => u.TriedAgain);

    public int Acknowledged => Users.Sum(u => u.Tries.Count(t => t.Placed == Outcome.Acknowledged));

    /// <summary>Begins, and waits until every user has placed an order.</summary>
    /// <param name="neverRests">For what is measured: the users go flat out all the time.</param>
    public static async Task<Load> BeginAsync(Cluster cluster, int users = 4, bool neverRests = false)
    {
        var load = new Load(cluster, users, new Pace(neverRests ? int.MaxValue : SprintOrders));
        cluster.Owns(load);
        await Poll.UntilAsync("each user has placed an order", () => load.CheckRunning() && load.Users.All(u => u.Tries.Any(t => t.Placed == Outcome.Acknowledged)));
        return load;
    }

    /// <summary>Flat out from now on, for a while: before a fault that is to meet requests in flight.</summary>
    public void Sprint() => _pace.Sprint();

    /// <summary>Waits until so many more orders, begun after this call, have been acknowledged.</summary>
    public async Task AcknowledgesAsync(int more, int deadlineMs = Poll.DeadlineMs)
    {
        double since = NowMs;
        _pace.Sprint();
        await Poll.UntilAsync(
            $"{more} more orders are acknowledged",
            () => CheckRunning() && Users.Sum(u => u.Tries.Count(t => t.Placed == Outcome.Acknowledged && t.BegunMs >= since)) >= more, deadlineMs);
    }

    /// <summary>From a moment until the first acknowledgement of an order that was begun after it, in milliseconds.</summary>
    public async Task<double> FirstAcknowledgementAfterAsync(double sinceMs)
    {
        OrderTry first = await Poll.ForAsync(
            "an order begun after the fault is acknowledged",
            () => Task.FromResult(CheckRunning()
                ? Users.SelectMany(u => u.Tries).Where(t => t.Placed == Outcome.Acknowledged && t.BegunMs >= sinceMs).MinBy(t => t.AnsweredMs)
                : null));
        return first.AnsweredMs - sinceMs;
    }

    /// <summary>The longest time without any answer after a moment, in milliseconds.</summary>
    public double LongestStallMs(double sinceMs) => GapsMs(sinceMs).DefaultIfEmpty(double.PositiveInfinity).Max();

    /// <summary>How long nobody got an answer, all those times together that lasted for so long at least, in milliseconds.</summary>
    public double StalledMs(double sinceMs, double leastMs) => GapsMs(sinceMs).Where(ms => ms >= leastMs).Sum();

    private IEnumerable<double> GapsMs(double sinceMs)
    {
        double[] answers = [sinceMs, .. Users.SelectMany(u => u.Tries).Select(t => t.AnsweredMs).Where(ms => ms > sinceMs).Order()];
        return answers.Zip(answers.Skip(1), (a, b) => b - a);
    }

    /// <summary>No new orders; those in flight get their answer, or stay unknown.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running.WaitAsync(TimeSpan.FromMilliseconds(AnswersDeadlineMs));
        }
        catch (TimeoutException)
        {
            foreach (LoadUser user in Users)
                user.Abandon();
            await _running;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;

        _isDisposed = true;
        foreach (LoadUser user in Users)
            user.Abandon();
        await _stop.CancelAsync();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default);
        foreach (LoadUser user in Users)
            await user.DisposeAsync();
        _stop.Dispose();
    }

    private bool CheckRunning()
    {
        if (Users.FirstOrDefault(u => u.Contradiction is not null) is { } user)
            throw new InvalidOperationException(user.Contradiction);
        if (_running.IsFaulted)
            throw new InvalidOperationException("the load has failed", _running.Exception);
        return true;
    }
}
