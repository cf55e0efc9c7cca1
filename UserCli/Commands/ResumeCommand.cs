using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary>
/// <c>user resume</c>: asks the update in flight again. JSON: what the update's own command would have printed, with its exit code; null
/// if there was none.
/// </summary>
internal sealed class ResumeCommand : AnsweringCommandLine
{
    [Option("forget", HelpText = "Ask no more about the request that waits. It may have been done; see user orders.")]
    public bool Forget { get; init; }

    public Typed<Act> Parse(Terminal terminal) => ParseShop().Select(options => CommandRun.Of(options, terminal, Forget ? ForgetAsync : AskAsync));

    private static async Task<int> AskAsync(CommandRun run)
    {
        if (await run.Shop.Client.ResumeAsync(run.Cancel) is not var (update, answer))
            return run.Output.Write(text => text.WriteLine("Nothing waits for an answer."), json => json.WriteNullValue());

        return answer is RefusalAnswer refusal
            ? run.Output.Refuse(update, refusal)
            : run.Output.Write(text => text.WriteLine(Sentences.CameOf(update, answer)), json => ShopJson.WriteUpdated(json, answer));
    }

    private static async Task<int> ForgetAsync(CommandRun run)
    {
        using LockedProfile locked = await run.Shop.Client.File.LockAsync(run.Cancel);
        UpdateInFlight? update = locked.Current.InFlight;
        if (update is not null)
            locked.Save(locked.Current.Forget());
        return run.Output.Write(
            text => text.WriteLine(update is null ? "Nothing waits for an answer." : $"Forgotten: your {update.Words}. See your order history for what became of it."),
            json => json.WriteNullValue());
    }
}
