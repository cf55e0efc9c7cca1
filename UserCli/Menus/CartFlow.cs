using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;

namespace JustHungry.UserCli.Menus;

/// <summary>Filling the cart, and correcting it when the shop's stock or products have changed meanwhile.</summary>
internal sealed class CartFlow(Shop shop, IScreen screen)
{
    private IReadOnlyList<Product> _products = [];

    private enum Mend
    {
        TakeWhatIsLeft,
        TakeOut,
        Void,
    }

    /// <summary>Adds products, and changes how many, until the user checks out; false if the user leaves.</summary>
    public async Task<bool> FillAsync(Cart cart, CancellationToken cancel)
    {
        if (!await LoadProductsAsync(cancel))
            return false;

        screen.ShowProducts(_products);
        while (true)
        {
            ProductPick pick = await screen.PickProductAsync(_products, cart, cancel);
            switch (pick.Act)
            {
                case PickAct.Leave:
                    return false;
                case PickAct.CheckOut when cart.IsEmpty:
                    screen.Say("Your cart is empty: add a product first.");
                    break;
                case PickAct.CheckOut:
                    return true;
                default:
                    await AddAsync(cart, pick.Product, cancel);
                    break;
            }
        }
    }

    /// <summary>
    /// The shop refused a line of the cart. The user may take what is left, take the product out, or leave; false if the user leaves.
    /// </summary>
    public async Task<bool> MendAsync(Cart cart, RefusalAnswer refusal, CancellationToken cancel)
    {
        screen.Say(refusal.Message());
        string product = refusal.Product ?? "";
        List<Choice<Mend>> choices =
        [
            new($"take {product} out of the cart", Mend.TakeOut, "out"),
            new("void the order", Mend.Void, "void"),
        ];
        if (refusal.Left is > 0 and { } left)
            choices.Insert(0, new($"take the {left} that are left", Mend.TakeWhatIsLeft, "left"));

        Mend mend = await screen.ChooseAsync("What shall we do?", choices, cancel);
        if (mend == Mend.Void)
            return false;

        _ = cart.Set(product, mend == Mend.TakeOut ? 0 : refusal.Left!.Value);
        screen.ShowCart(cart, _products);
        return !cart.IsEmpty || await FillAsync(cart, cancel);
    }

    private async Task AddAsync(Cart cart, Product product, CancellationToken cancel)
    {
        if (product.Stock == 0 && await StockNowAsync(product, cancel) == 0)
        {
            screen.Say($"{product.Name} is out of stock.");
            return;
        }

        int wanted;
        try
        {
            wanted = await screen.AskQuantityAsync(product, _products, cart, cancel);
        }
        catch (BackException)
        {
            return;
        }

        if (wanted > product.Stock && await StockNowAsync(product, cancel) is var left && wanted > left)
        {
            screen.Say(left == 0 ? $"{product.Name} is out of stock." : $"Only {left} of {product.Name} left: order fewer.");
            wanted = await TakesInsteadAsync(left, cancel) ? left : cart.QuantityOf(product.Name);
        }

        if (cart.Set(product.Name, wanted) is { } mistake)
            screen.Say($"Not added: {mistake}.");
        screen.ShowCart(cart, _products);
    }

    /// <summary>A person may take what is left at once.</summary>
    private async Task<bool> TakesInsteadAsync(int left, CancellationToken cancel)
    {
        if (left == 0 || !screen.IsForPerson)
            return false;
        try
        {
            return await screen.ChooseAsync($"Take {left} instead?", [new($"take {left} instead", true), new Choice<bool>("leave the cart as it is", false, IsWayOut: true)], cancel);
        }
        catch (BackException)
        {
            return false;
        }
    }

    /// <summary>The list may be out of date, so the shop is asked again before the user is told that there is not enough.</summary>
    private async Task<int> StockNowAsync(Product product, CancellationToken cancel) =>
        await LoadProductsAsync(cancel) ? _products.FirstOrDefault(p => p.Name == product.Name).Stock : product.Stock;

    private async Task<bool> LoadProductsAsync(CancellationToken cancel)
    {
        Answer answer = await shop.ProductsAsync(cancel);
        if (answer is ProductsAnswer { Products: var products })
        {
            _products = products;
            return true;
        }

        screen.Say(((RefusalAnswer)answer).Message());
        return false;
    }
}
