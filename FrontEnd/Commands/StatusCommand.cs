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
            return Unavailable(options.Json, NameServerMissing(options, e));
        }
    }

    public static string NameServerMissing(NameServerOptions options, Exception e)
    {
        string at = $"{options.NameServer}: ";
        string reason = e.Message.StartsWith(at, StringComparison.Ordinal) ? e.Message[at.Length..] : e.Message;
        return $"no name server answers at {options.NameServer}: {reason.TrimEnd('.')}. Start one with 'nameserver', or say where it is with --name-server H:P or " +
            $"{NameServerOptions.NameServerVariable}.";
    }

    public static int Unavailable(bool json, string message)
    {
        if (json)
            Console.Out.WriteLine(StatusJson.Refusal("Unavailable", message));
        else
            Console.Error.WriteLine($"frontend: {message}");
        return ExitCode.Unavailable;
    }
}
