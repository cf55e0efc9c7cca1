using System.Diagnostics;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary>One look at the group, with the order rate since the previous look.</summary>
/// <param name="OrdersPerSecond">
/// Orders placed per second since the previous look; null at the first look, and if no front end answered both times.
/// </param>
internal sealed record WatchedMoment(GroupSurvey Survey, Verdict Verdict, DateTimeOffset At, double? OrdersPerSecond);

/// <summary>
/// <c>frontend status --watch</c>: looks at the group once a second until ctrl-C or the end of whoever reads it, and shows each look as a screen, a line, or a JSON
/// object. While the name server is away, it goes on asking the processes that were listed last.
/// </summary>
internal sealed class StatusWatch(StatusOptions options)
{
    private const int WatchMs = 1_000;

    private Dictionary<string, long> _ordersBefore = []; // by front end, of those that answered at the last look
    private NameServerSurvey? _told;
    private long _lookedAt;

    /// <exception cref="ConnectionLostException">The name server can't be reached at the first look.</exception>
    public static async Task<int> RunAsync(StatusOptions options, CancellationToken stop)
    {
        var watch = new StatusWatch(options);
        using OutputPipe pipe = OutputPipe.Watch(stop);
        try
        {
            if (options.Json)
                await watch.RunAsync(m => Console.Out.Write(StatusJson.OfMoment(m) + "\n"), pipe.Token).ConfigureAwait(false);
            else if (!IsTerminal())
                await watch.RunAsync(m => Console.Out.Write(WatchLine.Of(m, options.Group) + "\n"), pipe.Token).ConfigureAwait(false);

            using var screen = new WatchScreen(options.Group);
            await watch.RunAsync(screen.Show, pipe.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the only end of a watch
        }

        return pipe.ExitCode;
    }

    private async Task RunAsync(Action<WatchedMoment> show, CancellationToken stop)
    {
        using var everySecond = new PeriodicTimer(TimeSpan.FromMilliseconds(WatchMs));
        WatchedMoment? shown = null;
        do
        {
            try
            {
                show(shown = await LookAsync(stop).ConfigureAwait(false));
            }
            catch (Exception e) when (shown is not null && e is ConnectionLostException or HelloRefusedException)
            {
                // nobody answers: what is shown is the last that is known, with its time
            }
        }
        while (await everySecond.WaitForNextTickAsync(stop).ConfigureAwait(false));
    }

    private async Task<WatchedMoment> LookAsync(CancellationToken stop)
    {
        GroupSurvey survey = await TakeStockAsync(stop).ConfigureAwait(false);
        return new WatchedMoment(survey, survey.VerdictOn(options.Group), DateTimeOffset.UtcNow, RateOf(survey));
    }

    private async Task<GroupSurvey> TakeStockAsync(CancellationToken stop)
    {
        try
        {
            _told = await NameServerSurvey.AskAsync(options, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (_told is not null && e is ConnectionLostException or HelloRefusedException)
        {
            _told = _told! with { Itself = new SurveyedNameServer(options.NameServers, AnsweredMs: null) };
        }
        catch (Exception e) when (options.Ask.Count > 0 && e is ConnectionLostException or HelloRefusedException)
        {
            return await GroupSurvey.TryTakeAsync(options, options.Ask, stop).ConfigureAwait(false) ?? throw new ConnectionLostException(e.Message, e);
        }

        return await GroupSurvey.TakeAsync(_told, options.Caller, stop).ConfigureAwait(false);
    }

    /// <summary>
    /// A front end counts from its own start, so one that did not answer at the last look (a new one does not) is counted from the next
    /// look on.
    /// </summary>
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

    /// <summary>The output is a terminal that can be redrawn.</summary>
    private static bool IsTerminal() =>
        !Console.IsOutputRedirected && (Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term ? term != "dumb" : OperatingSystem.IsWindows());
}
