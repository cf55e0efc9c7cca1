using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Menus.OnTerminal;
using JustHungry.UserCli.Text;
using Spectre.Console;
using Spectre.Console.Rendering;
using Label = Spectre.Console.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>
/// The orders of <c>user shop orders --watch</c>, asked for every two seconds. A terminal is redrawn; elsewhere the orders are printed
/// again when they have changed. The oldest come first; of those that do not fit, the number is shown. Ends with ctrl-C, or with a
/// refusal, which it returns.
/// </summary>
internal sealed class OrderBoard(IAnsiConsole console, string whenEmpty, TimeProvider time) : IClientNotices
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private IReadOnlyList<ShopOrder> _orders = [];
    private string? _trouble;
    private DateTimeOffset? _knownAt;
    private Action _redraw = () => { };

    public async Task<Answer> DrawAsync(ShopOrdersAnswer first, Func<Task<Answer>> look, CancellationToken cancel)
    {
        Answer answer = first;
        try
        {
            await console.Live(Label.Empty).AutoClear(true).StartAsync(async live =>
            {
                _redraw = () => live.UpdateTarget(Draw(_orders, time.GetUtcNow(), console.Profile.Width, console.Profile.Height));
                while (answer is ShopOrdersAnswer { Orders: var orders })
                {
                    _orders = orders;
                    _redraw();
                    await Task.Delay(Interval, time, cancel);
                    answer = await LookAsync(look, answer, cancel);
                }
            });
        }
        finally
        {
            console.Cursor.Show(true);
        }

        return answer;
    }

    /// <summary>Watches without a terminal to draw on.</summary>
    public static async Task<Answer> FollowAsync(ShopOrdersAnswer first, Func<Task<Answer>> look, Func<ShopOrdersAnswer, Task> print, CancellationToken cancel)
    {
        byte[] shown = [];
        Answer answer = first;
        while (answer is ShopOrdersAnswer orders)
        {
            byte[] next = orders.ToBytes();
            if (!next.AsSpan().SequenceEqual(shown))
                await print(orders);
            shown = next;
            await Task.Delay(Interval, cancel);
            try
            {
                answer = await look();
            }
            catch (UnavailableException) when (!cancel.IsCancellationRequested)
            {
                // said on stderr; goes on asking until ctrl-C
            }
        }

        return answer;
    }

    /// <summary>While the shop is away, the board shows what it last knew, and since when that is.</summary>
    private async Task<Answer> LookAsync(Func<Task<Answer>> look, Answer known, CancellationToken cancel)
    {
        try
        {
            Answer answer = await look();
            _knownAt = null;
            return answer;
        }
        catch (UnavailableException e) when (!cancel.IsCancellationRequested)
        {
            _knownAt ??= time.GetUtcNow();
            Say($"as of {_knownAt.Value.ToLocalTime():HH:mm:ss}: {e.Message}");
            return known;
        }
    }

    public void TryingAgain(FailedTry failed) => Say(Sentences.Reconnecting(failed.Failure, failed.WasConnected, failed.Retry, failed.Retries));

    public void StillWaiting() => Say(Sentences.StillWaiting);

    public void Recovered() => Say(null);

    public void CameOf(UpdateInFlight update, Answer answer)
    {
        // can't happen: watching makes no update
    }

    public void HadWaited(UpdateInFlight update)
    {
        // nor this
    }

    public void NotSaved(string reason)
    {
        // nor this
    }

    /// <summary>The board in the given numbers of columns and rows, with one row left for the cursor.</summary>
    public IRenderable Draw(IReadOnlyList<ShopOrder> orders, DateTimeOffset now, int columns, int rows)
    {
        List<IRenderable> lines = [new Label(Looks.Fit($"{Count(orders)} · {now.ToLocalTime():HH:mm:ss} · ctrl-C ends", columns - 1), Looks.Quiet)];
        if (_trouble is not null)
            lines.Add(new Label(Looks.Fit(_trouble, columns - 1), Looks.Notice));
        int left = rows - lines.Count - 2;
        foreach ((int index, ShopOrder order) in orders.Index())
        {
            (string head, IReadOnlyList<string> below) = OwnerText.Ticket(order, now);
            List<string> body = [.. below.SelectMany(line => Wrap(line, columns - 1))];
            left -= body.Count + 2;
            if (left < (index == orders.Count - 1 ? 0 : 1))
            {
                lines.Add(new Label($"… {orders.Count - index} more", Looks.Quiet));
                break;
            }

            lines.Add(Label.Empty);
            lines.Add(new Label(Looks.Fit(head, columns - 1), Looks.Question));
            lines.AddRange(body.Select(line => new Label(line)));
        }

        return new Rows(lines);
    }

    private void Say(string? trouble)
    {
        _trouble = trouble;
        _redraw();
    }

    private string Count(IReadOnlyList<ShopOrder> orders) => orders.Count switch
    {
        0 => whenEmpty,
        1 => "1 order",
        _ => $"{orders.Count} orders",
    };

    /// <summary>Wraps a line, since what to cook must not be cut off.</summary>
    private static IEnumerable<string> Wrap(string line, int columns)
    {
        const string Indent = "    ";
        string shown = Looks.Fit(line, int.MaxValue);
        while (shown.Length > columns)
        {
            int space = shown.LastIndexOf(' ', columns);
            int cut = space > Indent.Length ? space : columns;
            yield return shown[..cut];
            shown = Indent + shown[cut..].TrimStart();
        }

        yield return shown;
    }
}
