using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Health;
using Microsoft.Extensions.Logging;

namespace JustHungry.FrontEnd.Hosting;

/// <summary>
/// Once a second, in the loop: whether the group takes orders, as this front end sees it. Each change is a line in the log; the verdict itself
/// is served at /readyz.
/// </summary>
internal sealed class VerdictWatch(ILogger log, HealthReport health)
{
    /// <summary>A view change passes through states that would each be a line: what is not there any more at the next look is not said.</summary>
    private const int LooksToSay = 2;

    private Verdict? _said;
    private Verdict? _seen;
    private int _looks;

    public void Sample(FrontEndCore core)
    {
        Verdict verdict = Diagnosis.Of(core.Knowledge);
        health.Report(verdict);
        _looks = verdict == _seen ? _looks + 1 : 1;
        _seen = verdict;
        if (verdict == _said || _looks < LooksToSay)
            return;

        _said = verdict;
        if (verdict.Standing == Standing.Ok)
            Log.TakesOrders(log, verdict);
        else
            Log.LacksSomething(log, verdict);
    }
}
