using System.Diagnostics;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary>One look at the group, with what it took two looks to see.</summary>
/// <param name="OrdersPerSecond">Orders placed a second since the look before; null at the first, and while no front end answers.</param>
internal sealed record WatchedMoment(GroupSurvey Survey, DateTimeOffset At, double? OrdersPerSecond);

/// <summary>
/// <c>frontend status --watch</c>: a look a second until ctrl-C, as a screen, as one line each, or as one JSON object each. While the name
/// server is away it goes on with those processes that it last told of.
/// </summary>
internal sealed class StatusWatch(StatusOptions options)
{
    private const int WatchMs = 1_000;

    private Dictionary<string, long> _ordersBefore = []; // of those that answered at the last look
    private NameServerSurvey? _told;
    private long _lookedAt;

    /// <exception cref="OperationCanceledException">It was asked to stop.</exception>
    /// <exception cref="ConnectionLostException">The name server can't be reached at the first look.</exception>
    public static async Task<int> RunAsync(StatusOptions options, CancellationToken stop)
    {
        var watch = new StatusWatch(options);
        if (options.Json)
            return await watch.RunAsync(m => Console.Out.Write(StatusJson.OfMoment(m) + "\n"), stop).ConfigureAwait(false);
        if (!IsTerminal())
            return await watch.RunAsync(m => Console.Out.Write(WatchLine.Of(m, options.Group) + "\n"), stop).ConfigureAwait(false);

        using var screen = new WatchScreen(options.Group);
        return await watch.RunAsync(screen.Show, stop).ConfigureAwait(false);
    }

    private async Task<int> RunAsync(Action<WatchedMoment> show, CancellationToken stop)
    {
        using var everySecond = new PeriodicTimer(TimeSpan.FromMilliseconds(WatchMs));
        do
            show(await LookAsync(stop).ConfigureAwait(false));
        while (await everySecond.WaitForNextTickAsync(stop).ConfigureAwait(false));
        return ExitCode.Done;
    }

    private async Task<WatchedMoment> LookAsync(CancellationToken stop)
    {
        try
        {
            _told = await NameServerSurvey.AskAsync(options, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (_told is not null && e is ConnectionLostException or HelloRefusedException)
        {
            _told = _told! with { Itself = new SurveyedNameServer(options.NameServer, AnsweredMs: null) };
        }

        GroupSurvey survey = await GroupSurvey.TakeAsync(_told, options.Group, stop).ConfigureAwait(false);
        return new WatchedMoment(survey, DateTimeOffset.UtcNow, RateOf(survey));
    }

    /// <summary>A front end counts from its own start: one that did not answer at the last look, as a new one, counts from the next on.</summary>
    private double? RateOf(GroupSurvey survey)
    {
        double seconds = Stopwatch.GetElapsedTime(_lookedAt).TotalSeconds;
        bool isFirst = _lookedAt == 0;
        _lookedAt = Stopwatch.GetTimestamp();
        long? placed = null;
        Dictionary<string, long> orders = [];
        foreach (SurveyedFrontEnd frontEnd in survey.FrontEnds)
        {
            if (frontEnd.Report is not { } report)
                continue;
            if (_ordersBefore.TryGetValue(frontEnd.Id, out long before))
                placed = (placed ?? 0) + report.OrdersPlaced - before;
            orders[frontEnd.Id] = report.OrdersPlaced;
        }

        _ordersBefore = orders;
        return isFirst ? null : placed / seconds;
    }

    /// <summary>Somebody looks at it, and what is shown can be drawn over.</summary>
    private static bool IsTerminal() =>
        !Console.IsOutputRedirected && (Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term ? term != "dumb" : OperatingSystem.IsWindows());
}
