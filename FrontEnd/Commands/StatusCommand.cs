using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary>
/// <c>frontend status</c>: the state of the group, as the name server and every process report it. Works without a running front end.
/// The exit code is that of <see cref="ExitCode.Refused"/> while the shop takes no orders.
/// </summary>
internal static class StatusCommand
{
    private const int LookAgainMs = 3 * Timing.HeartbeatMs;

    public static async Task<int> RunAsync(StatusOptions options)
    {
        using var signals = new StopSignals();
        try
        {
            if (options.Watch)
                return await StatusWatch.RunAsync(options, signals.Token).ConfigureAwait(false);

            (GroupSurvey survey, Verdict verdict) = await LookAsync(options, signals.Token).ConfigureAwait(false);
            if (!verdict.TakesOrders)
            {
                // Each change of view looks like that for some milliseconds, until everybody has heard of it.
                await Task.Delay(LookAgainMs, signals.Token).ConfigureAwait(false);
                (survey, verdict) = await LookAsync(options, signals.Token).ConfigureAwait(false);
            }

            await Console.Out.WriteAsync(options.Json ? StatusJson.Of(survey, verdict) + "\n" : StatusText.Of(survey, verdict, options.Group)).ConfigureAwait(false);
            return verdict.TakesOrders ? ExitCode.Done : ExitCode.Refused;
        }
        catch (OperationCanceledException)
        {
            return options.Watch ? ExitCode.Done : ExitCode.Refused;
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            string others = options.Ask.Count > 0 ? "None of those named by --ask answers either." : "Or name servers and front ends to ask instead: --ask H:P,H:P.";
            return options.Answer.Unavailable($"{options.Missing(e.Message)} {others}");
        }
    }

    private static async Task<(GroupSurvey Survey, Verdict Verdict)> LookAsync(StatusOptions options, CancellationToken cancel)
    {
        GroupSurvey survey = await options.TakeStockAsync(cancel).ConfigureAwait(false);
        return (survey, survey.VerdictOn(options.Group));
    }
}
