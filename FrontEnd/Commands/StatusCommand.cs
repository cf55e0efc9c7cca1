using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary><c>frontend status</c>: how the group stands, asked of the name server and of every process, whether or not a front end runs.</summary>
internal static class StatusCommand
{
    public static async Task<int> RunAsync(StatusOptions options)
    {
        using var signals = new StopSignals();
        try
        {
            if (options.Watch)
                return await StatusWatch.RunAsync(options, signals.Token).ConfigureAwait(false);

            GroupSurvey survey = await GroupSurvey.TakeAsync(options, signals.Token).ConfigureAwait(false);
            await Console.Out.WriteAsync(options.Json ? StatusJson.Of(survey) + "\n" : StatusText.Of(survey, options.Group)).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            return options.Watch ? ExitCode.Done : ExitCode.Refused;
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            return options.Answer.Unavailable(options.Missing(e.Message));
        }
    }
}
