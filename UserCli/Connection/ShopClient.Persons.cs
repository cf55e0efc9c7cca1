using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;

namespace JustHungry.UserCli.Connection;

/// <summary>What only people need, who meet an outage with a cart in their hands.</summary>
internal sealed partial class ShopClient
{
    /// <summary>Keeps the cart for the next start of the menus. An empty cart is forgotten.</summary>
    /// <exception cref="ProfileException">The profile can't be used, or another CLI has it.</exception>
    public async Task KeepCartAsync(IReadOnlyList<CartLine> lines, CancellationToken cancel)
    {
        SavedCart? kept = lines.Count == 0 ? null : new SavedCart(At, [.. lines]);
        if (kept is null && (await file.LoadAsync(cancel)).Cart is null)
            return;

        using LockedProfile locked = await file.LockAsync(cancel);
        locked.Save(locked.Current with { Cart = kept });
    }

    /// <summary>The cart that was kept for this shop; null if there is none.</summary>
    /// <exception cref="ProfileException">The profile can't be used.</exception>
    public async Task<IReadOnlyList<CartLine>?> KeptCartAsync(CancellationToken cancel) =>
        (await file.LoadAsync(cancel)).Cart is { } kept && kept.At == At ? kept.Lines : null;

    /// <summary>When the tries are used up, a person may begin them anew. An update then goes on under its ids.</summary>
    private async Task<Answer> AskUntilLeftAsync(Func<Task<Answer>> ask, CancellationToken cancel)
    {
        DateTimeOffset since = time.GetUtcNow();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (UnavailableException e) when (e.ExitCode != ExitCode.Refused && !cancel.IsCancellationRequested)
            {
                if (!await notices.AskToTryAgainAsync(e.Message, since, cancel))
                    throw;
            }
        }
    }
}
