using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary><c>frontend status</c>: how the group stands, asked of the name server and of every process, whether or not a front end runs.</summary>
internal static class StatusCommand
{
    private const int WatchMs = 1_000;

    /// <summary>Cursor to the top left, then erase what is below: no flicker, as erasing all first would.</summary>
    private const string Home = "\x1b[H\x1b[J";

    public static async Task<int> RunAsync(StatusOptions options)
    {
        if (!options.Watch)
            return await ShowAsync(options, "", CancellationToken.None).ConfigureAwait(false);

        using var signals = new StopSignals();
        try
        {
            while (true)
            {
                await ShowAsync(options, Console.IsOutputRedirected ? "" : Home, signals.Token).ConfigureAwait(false);
                await Task.Delay(WatchMs, signals.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Done;
        }
    }

    private static async Task<int> ShowAsync(StatusOptions options, string before, CancellationToken cancel)
    {
        try
        {
            GroupSurvey survey = await GroupSurvey.TakeAsync(options, cancel).ConfigureAwait(false);
            string text = options.Json ? StatusJson.Of(survey) + "\n" : StatusText.Of(survey, options.Group);
            await Console.Out.WriteAsync(before + text).ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            return Unavailable(options.Json, $"The name server at {options.NameServer} can't be asked: {e.Message}.");
        }
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
