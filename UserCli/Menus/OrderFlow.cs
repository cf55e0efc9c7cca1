using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Menus;

/// <summary>Creating an order: details, cart, review, delivery, tip, and placing it at the total that was shown.</summary>
/// <param name="again">An earlier order with whose items the cart is filled, at today's prices.</param>
internal sealed class OrderFlow(Shop shop, IScreen screen, Order? again = null)
{
    private readonly CartFlow _filling = new(shop, screen);
    private readonly Cart _cart = again is null ? new Cart() : Cart.Of(again);

    /// <summary>The order is placed, or kept with its ids in the profile: the cart would only repeat it.</summary>
    private bool _isSettled;

    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await CreateAsync(cancel);
        }
        catch (Exception e) when (e is EndOfInputException or BackException or OperationCanceledException)
        {
            SayVoid(); // nothing was sent: otherwise the order would end as UnavailableException
            throw;
        }
        finally
        {
            if (screen.IsForPerson)
                await KeepCartAsync();
        }
    }

    private async Task CreateAsync(CancellationToken cancel)
    {
        if (!await new DetailsFlow(shop, screen).RunAsync(cancel) || !await BeginCartAsync(cancel))
        {
            SayVoid();
            return;
        }

        while (await ReviewAsync(cancel) is { } cost)
        {
            try
            {
                await AskTheRestAsync(cost, cancel);
                return;
            }
            catch (BackException)
            {
                if (!await FillAsync(cancel))
                    break;
            }
        }

        SayVoid();
    }

    /// <summary>A person's cart of last time is offered; whoever orders again has one already.</summary>
    private async Task<bool> BeginCartAsync(CancellationToken cancel)
    {
        if (!_cart.IsEmpty)
            return true;

        if (screen.IsForPerson && await shop.Client.KeptCartAsync(cancel) is { Count: > 0 } kept)
        {
            screen.Say($"Your cart from last time: {Sentences.Items(kept)}.");
            if (await screen.ConfirmAsync("Go on with it? 'no' empties it.", cancel))
            {
                foreach (CartLine line in kept)
                    _ = _cart.Set(line.Product, line.Quantity);
            }
        }

        return await FillAsync(cancel);
    }

    /// <summary>False if the user leaves: then the cart is emptied.</summary>
    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        if (await _filling.FillAsync(_cart, cancel))
            return true;

        _cart.Clear();
        return false;
    }

    /// <summary>Whatever ended this: what was not ordered is offered at the next start.</summary>
    private async Task KeepCartAsync()
    {
        try
        {
            await shop.Client.KeepCartAsync(_isSettled ? [] : _cart.Lines, CancellationToken.None);
        }
        catch (ProfileException)
        {
            // a convenience that is lost; nobody waits for it
        }
    }

    /// <summary>Delivery, tip, and the order itself; back goes from each to the one before, and from the first to the cart.</summary>
    private async Task AskTheRestAsync(CostAnswer cost, CancellationToken cancel)
    {
        Delivery? delivery = null;
        Pence? tip = null;
        while (true)
        {
            delivery ??= await ChooseDeliveryAsync(cancel);
            try
            {
                tip ??= await AskTipAsync(cancel);
            }
            catch (BackException)
            {
                delivery = null;
                continue;
            }

            try
            {
                await PlaceAsync(cost, delivery.Value, tip.Value, cancel);
                return;
            }
            catch (BackException)
            {
                tip = null;
            }
        }
    }

    private void SayVoid() => screen.Say("Nothing was ordered.");

    /// <summary>Shows what the cart costs and asks for a yes; null if the user voids the order.</summary>
    private async Task<CostAnswer?> ReviewAsync(CancellationToken cancel)
    {
        if (await CostAsync(cancel) is not { } cost)
            return null;

        screen.Say("Your order:");
        screen.ShowCost(cost);
        return screen.IsForPerson || await screen.ConfirmAsync("Go on with this order? 'no' voids it.", cancel) ? cost : null; // a person confirms the whole
    }

    /// <summary>What the cart costs now, after any corrections that it needs; null if the user leaves.</summary>
    private async Task<CostAnswer?> CostAsync(CancellationToken cancel)
    {
        while (true)
        {
            Answer answer = await shop.CostAsync(_cart.Lines, cancel);
            if (answer is CostAnswer cost)
                return cost;

            var refusal = (RefusalAnswer)answer;
            if (!ConcernsALine(refusal))
            {
                screen.Say(refusal.Message());
                return null;
            }

            if (!await _filling.MendAsync(_cart, refusal, cancel))
                return null;
        }
    }

    private Task<Delivery> ChooseDeliveryAsync(CancellationToken cancel) =>
        screen.ChooseAsync(
            "When shall we deliver?",
            [.. Deliveries.All.Select(d => new Choice<Delivery>($"{d.Description()} ({(d.Price() == Pence.Zero ? "free" : d.Price())})", d, d.Word()))],
            cancel);

    private async Task<Pence> AskTipAsync(CancellationToken cancel)
    {
        if (!await screen.ConfirmAsync("Would you like to add a tip?", cancel))
            return Pence.Zero;

        string typed = await screen.AskAsync(
            "How much, in pounds",
            null,
            text => Pence.TryParse(text, out Pence tip) && tip.Value <= OrderLimits.TipMax.Value
                ? null
                : $"A tip is an amount from 0 to {OrderLimits.TipMax}, for example 1.50.",
            cancel);
        _ = Pence.TryParse(typed, out Pence amount);
        return amount;
    }

    /// <summary>
    /// Places the order at the total shown. If the shop wants something changed, the user decides and the order is tried again, with the
    /// same cart.
    /// </summary>
    private async Task PlaceAsync(CostAnswer cost, Delivery delivery, Pence tip, CancellationToken cancel)
    {
        while (true)
        {
            Pence total = cost.Total + delivery.Price() + tip;
            screen.ShowBill(new Bill(cost.Lines, delivery, tip, total));
            if (screen.IsForPerson && !await screen.ConfirmAsync($"Place this order for {total}? [Y/n]", cancel))
            {
                SayVoid();
                return;
            }

            Answer answer = await PlaceAsync(new OrderDraft(_cart.Lines, delivery, tip, total), cancel);
            if (answer is OrderAnswer placed)
            {
                _isSettled = true;
                screen.ShowReceipt(placed.Order);
                return;
            }

            var refusal = (RefusalAnswer)answer;
            if (await AfterRefusalAsync(refusal, cancel) is not { } changed)
            {
                if (refusal.Reason != AnswerCode.Expired) // Expired says nothing about the outcome
                    SayVoid();
                return;
            }

            cost = changed;
        }
    }

    private async Task<Answer> PlaceAsync(OrderDraft draft, CancellationToken cancel)
    {
        try
        {
            return await shop.PlaceAsync(draft, cancel);
        }
        catch (UnavailableException e) when (e.ExitCode == ExitCode.OutcomeUnknown)
        {
            _isSettled = true;
            throw;
        }
    }

    /// <summary>What the changed cart costs, once confirmed; null if nothing is to be ordered.</summary>
    private async Task<CostAnswer?> AfterRefusalAsync(RefusalAnswer refusal, CancellationToken cancel)
    {
        if (ConcernsALine(refusal))
            return await _filling.MendAsync(_cart, refusal, cancel) ? await ReviewAsync(cancel) : null;

        screen.Say(refusal.Message());
        return refusal.Reason == AnswerCode.PriceChanged ? await ReviewAsync(cancel) : null;
    }

    private static bool ConcernsALine(RefusalAnswer refusal) => refusal is { Reason: AnswerCode.LowStock or AnswerCode.UnknownProduct, Product: not null };
}
