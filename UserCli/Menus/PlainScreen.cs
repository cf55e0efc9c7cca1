using System.Globalization;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Menus;

/// <summary>
/// The menus on any terminal or pipe: one line for each question. A menu is answered with the number or the word shown. Scripts rely on
/// the order of the questions.
/// </summary>
internal sealed class PlainScreen(Terminal terminal) : IScreen
{
    private const string CheckOutWord = "done";
    private const string LeaveWord = "void";
    private const string BackWord = "back";

    public void Say(string sentence) => terminal.Out.WriteLine(sentence);

    public void ShowDetails(CustomerDetails details)
    {
        terminal.Out.WriteLine();
        ShopText.WriteDetails(terminal.Out, details);
        terminal.Out.WriteLine();
    }

    public void ShowProducts(IReadOnlyList<Product> products)
    {
        terminal.Out.WriteLine();
        ShopText.WriteNumberedProducts(terminal.Out, products);
        terminal.Out.WriteLine();
    }

    public void ShowCart(Cart cart, IReadOnlyList<Product> products) =>
        terminal.Out.WriteLine(cart.IsEmpty ? "Your cart is empty." : $"Your cart: {Sentences.Items(cart.Lines)}");

    public void ShowCost(CostAnswer cost)
    {
        terminal.Out.WriteLine();
        ShopText.WriteCost(terminal.Out, cost.Lines, cost.Total);
        terminal.Out.WriteLine();
    }

    public void ShowBill(Bill bill) => terminal.Out.WriteLine(Sentences.WillCost(bill.Delivery, bill.Tip, bill.Total));

    public void ShowReceipt(Order order)
    {
        terminal.Out.WriteLine();
        ShopText.WriteReceipt(terminal.Out, order);
    }

    public void ShowOrders(IReadOnlyList<Order> orders)
    {
        terminal.Out.WriteLine();
        ShopText.WriteOrders(terminal.Out, orders);
    }

    public async Task<T> ChooseAsync<T>(string question, IReadOnlyList<Choice<T>> choices, CancellationToken cancel)
    {
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(question);
        foreach ((int index, Choice<T> choice) in choices.Index())
            terminal.Out.WriteLine($"  {index + 1}. {choice.Label}");

        while (true)
        {
            string typed = await ReadAsync("> ", cancel);
            if (Find(choices, typed) is { } chosen)
                return chosen.Value;
            if (Is(typed, BackWord))
                throw new BackException();
            terminal.Out.WriteLine($"Answer with a number from 1 to {choices.Count}, or with the words shown.");
        }
    }

    public async Task<bool> ConfirmAsync(string question, CancellationToken cancel)
    {
        while (true)
        {
            string typed = await ReadAsync($"{question} (yes/no): ", cancel);
            if (Is(typed, "yes") || Is(typed, "y"))
                return true;
            if (Is(typed, "no") || Is(typed, "n"))
                return false;
            if (Is(typed, BackWord))
                throw new BackException();
            terminal.Out.WriteLine("Answer yes or no.");
        }
    }

    public async Task<string> AskAsync(string question, string? current, Func<string, string?> mistakeIn, CancellationToken cancel)
    {
        string prompt = current is null ? $"{question}: " : $"{question} [{current}]: ";
        while (true)
        {
            string typed = await ReadAsync(prompt, cancel);
            if (typed.Length == 0 && current is not null)
                typed = current;
            if (mistakeIn(typed) is not { } mistake)
                return typed;
            terminal.Out.WriteLine(mistake);
        }
    }

    public async Task<ProductPick> PickProductAsync(IReadOnlyList<Product> products, Cart cart, CancellationToken cancel)
    {
        while (true)
        {
            string typed = await ReadAsync($"Product, by name or number ('{CheckOutWord}' to check out, '{LeaveWord}' to leave without ordering): ", cancel);
            if (Is(typed, CheckOutWord))
                return new ProductPick(PickAct.CheckOut);
            if (Is(typed, LeaveWord))
                return new ProductPick(PickAct.Leave);
            if (ProductMatch.Find(products, typed) is { } product)
                return new ProductPick(PickAct.Add, product);
            terminal.Out.WriteLine($"There is no product '{typed}'.{Sentences.DidYouMean(ProductMatch.Near(products, typed))}");
        }
    }

    /// <summary>What is typed is added to those in the cart, as it always was; only 0 takes them out.</summary>
    public async Task<int> AskQuantityAsync(Product product, IReadOnlyList<Product> products, Cart cart, CancellationToken cancel)
    {
        int inCart = cart.QuantityOf(product.Name);
        string typed = await AskAsync($"How many of {product.Name}", null, text => Is(text, BackWord) ? null : Quantity.MistakeIn(text, inCart), cancel);
        if (Is(typed, BackWord))
            throw new BackException();
        return Quantity.Parse(typed) is > 0 and var more ? inCart + more : 0;
    }

    public async Task<Order?> PickOrderAsync(OrderQuestion question, IReadOnlyList<Order> orders, CancellationToken cancel)
    {
        ShowOrders(orders);
        string typed = await AskAsync(
            $"Id of the order to {question.Act} ('{BackWord}' to {question.Back})", null, text => MistakeInOrderId(text, question.Noun, orders), cancel);
        return Is(typed, BackWord) ? null : OrderOf(typed, orders);
    }

    public void Close()
    {
        // nothing here moves by itself
    }

    public void TryingAgain(FailedTry failed) =>
        terminal.Error.WriteLine(Sentences.TryingAgain(failed.Failure, failed.WasConnected, failed.Retry, failed.Retries, failed.Reason));

    public void Recovered() => terminal.Error.WriteLine(Sentences.Recovered);

    public void CameOf(UpdateInFlight update, Answer answer) => Say(Sentences.CameOf(update, answer));

    public void HadWaited(UpdateInFlight update) => Say(Sentences.HadWaited(update));

    public void NewPerson(string path) => terminal.Error.WriteLine(Sentences.NewPerson(path));

    public void NotSaved(string reason) => terminal.Error.WriteLine(Sentences.NotSaved(reason));

    private static Choice<T>? Find<T>(IReadOnlyList<Choice<T>> choices, string typed) =>
        choices.FirstOrDefault(c => Is(typed, c.Label) || (c.Word is { } word && Is(typed, word))) ??
        (int.TryParse(typed.TrimEnd('.'), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= choices.Count
            ? choices[number - 1]
            : null);

    private static string? MistakeInOrderId(string typed, string noun, IReadOnlyList<Order> orders) =>
        Is(typed, BackWord) || OrderOf(typed, orders) is not null ? null
        : !int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out int orderId) ? "An order id is a whole number."
        : $"You have no {noun} {orderId}: choose one of {string.Join(", ", orders.Select(o => o.OrderId).Order())}.";

    private static Order? OrderOf(string typed, IReadOnlyList<Order> orders) =>
        int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out int orderId) ? orders.FirstOrDefault(o => o.OrderId == orderId) : null;

    private static bool Is(string typed, string word) => string.Equals(typed, word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads one line, trimmed. The read itself can't be interrupted, so a cancelled one is left behind on its thread.</summary>
    private async Task<string> ReadAsync(string prompt, CancellationToken cancel)
    {
        terminal.Out.Write(prompt);
        terminal.Out.Flush();
        cancel.ThrowIfCancellationRequested();
        string? line = await Task.Run(terminal.In.ReadLine, CancellationToken.None).WaitAsync(cancel);
        return line?.Trim() ?? throw new EndOfInputException();
    }
}
