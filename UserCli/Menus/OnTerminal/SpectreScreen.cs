using System.Globalization;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Text;
using Spectre.Console;
using Spectre.Console.Rendering;
using Label = Spectre.Console.Text;

namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>
/// The menus for a person at a terminal. A question is drawn in place and leaves one line behind, so that the scrolled text reads like
/// the plain menus. Used by one flow at a time. Only the waiting line moves by itself, and it is stopped before anything else is written.
/// </summary>
internal sealed class SpectreScreen(IAnsiConsole console, TimeProvider time) : IScreen
{
    private const string ListKeys = "↑↓ move · enter chooses · esc goes back · ctrl-D quits";
    private const string AfterReceipt = "'order history' shows it again, 'cancel an order' takes it back.";
    private const string TextKeys = "enter goes on · esc goes back · ctrl-U empties the line · ctrl-D quits";

    private readonly KeyLoop _keys = new(console);
    private readonly WaitingLine _waiting = new(console, time);
    private string? _lastPicked;

    public static SpectreScreen OfProcess() => new(Looks.ConsoleOfProcess(), TimeProvider.System);

    /// <summary>False on a console that can't redraw what it has shown.</summary>
    public bool CanDraw => console.Profile.Capabilities.Ansi;

    public bool IsForPerson => true;

    public void Say(string sentence) => WriteLine(new Label(sentence));

    public void ShowDetails(CustomerDetails details) => WriteBlock(ShopTables.Details(details));

    public void ShowProducts(IReadOnlyList<Product> products)
    {
        // already visible while one is picked
    }

    public void ShowCart(Cart cart, IReadOnlyList<Product> products)
    {
        // already visible while a product is picked, and in the review
    }

    public void ShowCost(CostAnswer cost) => WriteBlock(ShopTables.Bill(cost.Lines, [], cost.Total));

    public void ShowBill(Bill bill) => Say(Sentences.WillCost(bill.Delivery, bill.Tip, bill.Total));

    public void ShowReceipt(Order order)
    {
        WriteBlock(ShopTables.Receipt(order));
        WriteLine(new Label(AfterReceipt, Looks.Quiet));
    }

    public void ShowOrders(IReadOnlyList<Order> orders) => WriteBlock(ShopTables.Orders(orders, console.Profile.Width));

    /// <summary>An order takes three rows at least, with the line below it.</summary>
    public int? OrdersAtOnce => Math.Max(3, (console.Profile.Height - 8) / 3);

    public async Task<T> ChooseAsync<T>(string question, IReadOnlyList<Choice<T>> choices, CancellationToken cancel)
    {
        Choice<T>[] shown = [.. choices.OrderBy(c => c.IsWayOut)];
        int chosen = await PickAsync(question, [.. shown.Select(c => c.Label)], 0, cancel);
        Echo(question, shown[chosen].Label);
        return shown[chosen].Value;
    }

    /// <summary>y and n answer at once.</summary>
    public async Task<bool> ConfirmAsync(string question, CancellationToken cancel)
    {
        string[] rows = ["yes", "no"];
        var menu = new ListMenu([.. rows.Select(r => new ListRow(r))]);
        await AskingAsync(() => List(question, rows, menu), key => menu.Press(key) || key.KeyChar is 'y' or 'Y' or 'n' or 'N', cancel);
        Echo(question, rows[menu.Chosen]);
        return menu.Chosen == 0;
    }

    public async Task<string> AskAsync(string question, string? current, Func<string, string?> mistakeIn, CancellationToken cancel)
    {
        var editor = new LineEditor(current ?? "");
        string? mistake = null;
        await AskingAsync(
            () => new Rows(Line(question + ": ", editor), new Label(mistake ?? TextKeys, mistake is null ? Looks.Quiet : Looks.Notice)),
            key =>
            {
                bool isFinished = editor.Press(key);
                mistake = isFinished ? mistakeIn(editor.Text.Trim()) : null;
                return isFinished && mistake is null;
            },
            cancel);
        Echo(question, editor.Text.Trim());
        return editor.Text.Trim();
    }

    public async Task<ProductPick> PickProductAsync(IReadOnlyList<Product> products, Cart cart, CancellationToken cancel)
    {
        while (true)
        {
            ProductPick picked = await PickAsync(new ProductPage(console, products, cart, _lastPicked), cancel);
            if (picked.Act != PickAct.Leave || cart.IsEmpty || await IsLeavingAsync(cancel))
                return picked;
        }
    }

    /// <summary>Esc is a way to leave, too.</summary>
    private async Task<ProductPick> PickAsync(ProductPage page, CancellationToken cancel)
    {
        try
        {
            await AskingAsync(() => page.Draw(), page.Menu.Press, cancel);
        }
        catch (BackException)
        {
            return new ProductPick(PickAct.Leave);
        }

        _lastPicked = page.Picked.Act == PickAct.Add ? page.Picked.Product.Name : null;
        return page.Picked;
    }

    /// <summary>Asks, since leaving is only one row below going on, and a slip should not lose a full cart.</summary>
    private async Task<bool> IsLeavingAsync(CancellationToken cancel)
    {
        try
        {
            return await PickAsync("Leave without ordering? Your cart is emptied.", ["no, back to the shelf", "yes, leave"], 0, cancel) == 1;
        }
        catch (BackException)
        {
            return false;
        }
    }

    public async Task<int> AskQuantityAsync(Product product, IReadOnlyList<Product> products, Cart cart, CancellationToken cancel)
    {
        var page = new ProductPage(console, products, cart, product.Name);
        int inCart = cart.QuantityOf(product.Name);
        var editor = new LineEditor("");
        string keys = $"{product.Stock} in stock · enter {(inCart == 0 ? "adds" : $"changes the {inCart} in your cart, 0 takes them out")} · esc goes back";
        string? mistake = null;
        await AskingAsync(
            () => page.Draw(new Rows(
                Line($"How many of {Looks.Fit(product.Name, console.Profile.Width / 2)}: ", editor),
                new Label(mistake ?? keys, mistake is null ? Looks.Quiet : Looks.Notice))),
            key =>
            {
                bool isFinished = editor.Press(key);
                mistake = isFinished ? Quantity.MistakeIn(editor.Text.Trim(), inCart) : null;
                return isFinished && mistake is null;
            },
            cancel);
        return Quantity.Parse(editor.Text.Trim());
    }

    public async Task<Order?> PickOrderAsync(OrderQuestion question, IReadOnlyList<Order> orders, CancellationToken cancel)
    {
        string asked = $"Which order would you like to {question.Act}?";
        int idColumns = orders.Max(o => o.OrderId).ToString(CultureInfo.InvariantCulture).Length;
        int totalColumns = orders.Max(o => o.Total.ToString().Length);
        string[] rows =
        [
            .. orders.Select(o => string.Create(
                CultureInfo.InvariantCulture,
                $"{o.OrderId.ToString(CultureInfo.InvariantCulture).PadLeft(idColumns)}  {o.Status,-9}  {ShopText.PlacedAt(o)}  {o.Total.ToString().PadLeft(totalColumns)}  {Sentences.Items(o.Lines)}")),
            question.Back,
        ];
        int chosen = await PickAsync(asked, rows, 0, cancel);
        Echo(asked, chosen == orders.Count ? question.Back : $"order {orders[chosen].OrderId}");
        return chosen == orders.Count ? null : orders[chosen];
    }

    public void TryingAgain(FailedTry failed)
    {
        if (failed is { Retry: 0, WasConnected: false })
            WriteLine(new Label(Sentences.NobodyThere(failed.Reason), Looks.Notice)); // the address and the cure, while it tries on
        _waiting.Show(Sentences.Reconnecting(failed.Failure, failed.WasConnected, failed.Retry, failed.Retries));
    }

    public async Task<bool> AskToTryAgainAsync(string trouble, DateTimeOffset since, CancellationToken cancel)
    {
        Say(trouble);
        try
        {
            return await ChooseAsync($"No answer since {since.ToLocalTime():HH:mm:ss}. What now?", [new("try again", true), new Choice<bool>("leave", false, IsWayOut: true)], cancel);
        }
        catch (Exception e) when (e is BackException or EndOfInputException or OperationCanceledException)
        {
            return false;
        }
    }

    public void StillWaiting() => _waiting.Show(Sentences.StillWaiting);

    public void Recovered()
    {
        _waiting.Stop();
        console.Write(new Label("Connected again.", Looks.Good));
        console.WriteLine();
    }

    public void CameOf(UpdateInFlight update, Answer answer) => WriteLine(new Label(Sentences.CameOf(update, answer), Looks.Notice));

    public void HadWaited(UpdateInFlight update) => WriteLine(new Label(Sentences.HadWaited(update), Looks.Notice));

    public void NewPerson(string path) => WriteLine(new Label(Sentences.NewPerson(path), Looks.Notice));

    public void NotSaved(string reason) => WriteLine(new Label(Sentences.NotSaved(reason), Looks.Notice));

    public void Close() => _waiting.Stop();

    /// <summary>Asks for one of the rows, and returns its index.</summary>
    private async Task<int> PickAsync(string question, IReadOnlyList<string> rows, int start, CancellationToken cancel)
    {
        var menu = new ListMenu([.. rows.Select(r => new ListRow(r.TrimStart()))], start);
        await AskingAsync(() => List(question, rows, menu), menu.Press, cancel);
        return menu.Chosen;
    }

    private Rows List(string question, IReadOnlyList<string> rows, ListMenu menu)
    {
        const int OtherRows = 5; // an empty line, the question, what is above and below, the keys
        Range inSight = menu.InSight(rows.Count, Math.Max(3, console.Profile.Height - OtherRows));
        (int from, int to) = (inSight.Start.Value, inSight.End.Value);
        List<IRenderable> lines = [Label.Empty, new Label(question, Looks.Question)];
        if (from > 0)
            lines.Add(new Label($"  ↑ {from} more", Looks.Quiet));
        for (int i = from; i < to; i++)
        {
            string row = Looks.Fit(rows[i], console.Profile.Width - 3);
            lines.Add(i == menu.Chosen ? new Label(Looks.Pointer(console) + row, Looks.Chosen) : new Label("  " + row));
        }

        if (to < rows.Count)
            lines.Add(new Label($"  ↓ {rows.Count - to} more", Looks.Quiet));
        lines.Add(new Label(ListKeys, Looks.Quiet));
        return new Rows(lines);
    }

    /// <summary>The line with a cursor of our own, since the terminal's is hidden while things are redrawn.</summary>
    private static Paragraph Line(string question, LineEditor editor)
    {
        string text = editor.Text;
        int cursor = editor.Cursor;
        return new Paragraph()
            .Append(question, Looks.Question)
            .Append(text[..cursor], Looks.Chosen)
            .Append(cursor < text.Length ? text[cursor..(cursor + 1)] : " ", Looks.TextCursor)
            .Append(cursor < text.Length ? text[(cursor + 1)..] : "", Looks.Chosen);
    }

    private Task AskingAsync(Func<IRenderable> draw, Func<ConsoleKeyInfo, bool> press, CancellationToken cancel)
    {
        _waiting.Stop();
        return _keys.RunAsync(draw, press, cancel);
    }

    private void Echo(string question, string answer) =>
        WriteLine(new Paragraph().Append(question[^1] is '?' or '.' or '!' or ']' ? question + " " : question + ": ", Looks.Quiet).Append(answer));

    private void WriteLine(IRenderable sentence)
    {
        WriteBlock(sentence);
        console.WriteLine();
    }

    /// <summary>Tables and panels end with a line break themselves.</summary>
    private void WriteBlock(IRenderable block)
    {
        _waiting.Stop();
        console.Write(block);
    }
}
