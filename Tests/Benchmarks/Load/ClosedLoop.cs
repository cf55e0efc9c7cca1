using System.Runtime.ExceptionServices;
using JustHungry.Benchmarks.Rig;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Benchmarks.Load;

/// <summary>
/// Many users on a few connections, each ordering again as soon as it has its answer. Each connection has a thread; windows are opened
/// and closed from outside while it runs.
/// </summary>
internal sealed class ClosedLoop : IDisposable
{
    /// <summary>As many as the bare relay uses that the shop is compared with.</summary>
    private const int LinksMax = 16;

    private readonly UserLink[] _links;
    private readonly IReadOnlyList<Product> _stockBefore;
    private readonly Menu _menu;
    private readonly Shopping[] _shopping;
    private Thread[] _threads = [];
    private ExceptionDispatchInfo? _failure;

    public ClosedLoop(Shop shop, int users, bool mixed)
    {
        int links = Math.Min(users, LinksMax);
        _links = [.. Enumerable.Range(0, links).Select(i => new UserLink(shop.FrontEnd, shop.Group, (users / links) + (i < users % links ? 1 : 0), shop.IsSecured))];
        _stockBefore = StockTaking.Take(_links[0]);
        _menu = new Menu(_stockBefore);
        _shopping = [.. Enumerable.Range(0, links).Select(i => new Shopping(_menu, i, mixed))];
        RunAll(_ => new Introduction());
    }

    public long Acknowledged => _links.Sum(l => l.Users.Sum(u => (long)u.Placed.Count));

    public long TriedAgain => _links.Sum(l => l.TriedAgain);

    public void Start() => _threads = StartAll(i => _shopping[i]);

    /// <summary>Measures from now until <see cref="Window.Close"/>.</summary>
    public Window OpenWindow()
    {
        _failure?.Throw();
        var window = new Window(_links.Length);
        foreach (Shopping shopping in _shopping)
            shopping.Window = window;
        return window;
    }

    /// <summary>Waits for the answers to what is in flight.</summary>
    public void Stop()
    {
        foreach (Shopping shopping in _shopping)
            shopping.Stop();
        Join(_threads);
    }

    /// <summary>Reads everything back, after <see cref="Stop"/>.</summary>
    /// <returns>How many orders were checked.</returns>
    /// <exception cref="BrokenPromiseException">An acknowledged order is missing, is there twice or differs, or the stock does not add up.</exception>
    public long CheckBooks()
    {
        RunAll(_ => new Audit(_menu));
        var taken = new Dictionary<string, long>();
        long orders = 0;
        foreach (byte wish in _links.SelectMany(l => l.Users).SelectMany(u => u.Placed))
        {
            orders++;
            foreach (CartLine line in _menu.Draft(wish).Lines)
                taken[line.Product] = taken.GetValueOrDefault(line.Product) + line.Quantity;
        }

        foreach ((Product before, Product after) in _stockBefore.Zip(StockTaking.Take(_links[0])))
        {
            if (before.Stock - after.Stock != taken.GetValueOrDefault(before.Name))
                throw new BrokenPromiseException($"{before.Stock - after.Stock} of '{before.Name}' left the stock, {taken.GetValueOrDefault(before.Name)} were ordered");
        }

        return orders;
    }

    public void Dispose()
    {
        foreach (UserLink link in _links)
            link.Dispose();
    }

    private void RunAll(Func<int, IConversation> conversation) => Join(StartAll(conversation));

    private Thread[] StartAll(Func<int, IConversation> conversation)
    {
        var threads = new Thread[_links.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            (UserLink link, IConversation talk) = (_links[i], conversation(i));
            threads[i] = new Thread(() => Run(link, talk)) { IsBackground = true, Name = $"users {i}" };
            threads[i].Start();
        }

        return threads;
    }

    private void Run(UserLink link, IConversation conversation)
    {
        try
        {
            link.Run(conversation);
        }
        catch (Exception e)
        {
            _failure ??= ExceptionDispatchInfo.Capture(e);
        }
    }

    private void Join(Thread[] threads)
    {
        foreach (Thread thread in threads)
            thread.Join();
        _failure?.Throw();
    }
}
