using System.Text.Json;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary>One run of a command: its shop, its output, and the handling of everything that can go wrong.</summary>
internal sealed class CommandRun(Shop shop, CommandOutput output, CancellationToken cancel)
{
    public Shop Shop => shop;

    public CommandOutput Output => output;

    public CancellationToken Cancel => cancel;

    /// <summary>A command that is ready to run.</summary>
    public static Act Of(ShopOptions options, Terminal terminal, Func<CommandRun, Task<int>> command) => () => RunAsync(options, terminal, command);

    /// <param name="notices">Who is told while a request is on its way; null for sentences on stderr.</param>
    public static async Task<int> RunAsync(ShopOptions options, Terminal terminal, Func<CommandRun, Task<int>> command, IClientNotices? notices = null)
    {
        var output = new CommandOutput(terminal, options.AsJson);
        await using var session = new ShopSession(options, notices ?? new StderrNotices(terminal.Error));
        try
        {
            return await command(new CommandRun(session.Shop, output, session.Stopping));
        }
        catch (UnavailableException e)
        {
            return output.Fail(e);
        }
        catch (ProfileException e)
        {
            return output.Fail(e);
        }
        catch (OutputException e) when (session.Shop.Client.HasUpdated)
        {
            return CommandOutput.Fail(terminal, e);
        }
        catch (OperationCanceledException)
        {
            return output.Interrupted();
        }
    }

    /// <summary>Prints the expected answer, or the refusal.</summary>
    public async Task<int> PrintAsync<TAnswer>(Answer answer, Action<TextWriter, TAnswer> text, Action<Utf8JsonWriter, TAnswer> json)
        where TAnswer : Answer => answer switch
        {
            TAnswer wanted => output.Write(to => text(to, wanted), to => json(to, wanted)),
            RefusalAnswer refusal => output.Refuse(refusal, await SuggestAsync(refusal)),
            _ => throw new InvalidOperationException($"{answer.Code} is no answer to this command"),
        };

    /// <summary>For a mistyped product, suggests the one that was probably meant.</summary>
    private async Task<string> SuggestAsync(RefusalAnswer refusal)
    {
        if (refusal is not { Reason: AnswerCode.UnknownProduct, Product: { } typed })
            return "";

        try
        {
            return await shop.ProductsAsync(cancel) is ProductsAnswer answer ? Sentences.DidYouMean(ProductMatch.Near(answer.Products, typed)) : "";
        }
        catch (UnavailableException)
        {
            return ""; // no suggestion: the refusal is what matters
        }
    }
}
