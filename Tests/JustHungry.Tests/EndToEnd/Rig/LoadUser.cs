using System.Buffers;
using System.Diagnostics;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Security;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;
using MessagePack;
using Microsoft.Extensions.Logging.Abstractions;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>
/// A user who orders, cancels and looks as fast as the answers come and its pace allows, through the CLI's own client and a profile on
/// disk. Remembers what was promised. Its one rule: what it has been told, it must see at its next look.
/// </summary>
internal sealed class LoadUser : IClientNotices, IAsyncDisposable
{
    private static readonly RetryPolicy Stubborn = new(200, 50);

    private readonly Stopwatch _clock;
    private readonly List<OrderTry> _tries = [];
    private readonly CancellationTokenSource _abandon = new();
    private readonly int _number;

    public LoadUser(int number, Stopwatch clock, Endpoint nameServer, string profile, LinkSecurity security)
    {
        _number = number;
        _clock = clock;
        var own = new Hello(Role.User, "", DiskId.None, new BootId(FreshIds.Next()), ClusterId.None, NameRules.DefaultGroup);
        var at = new ShopAddress(nameServer, NameRules.DefaultGroup);
        var directory = new FrontEndDirectory(at, own, NullLogger.Instance, security: security);
        Shop = new Shop(new ShopClient(
            new ProfileFile(profile, TimeProvider.System), new FrontEndLink(directory, own, NullLogger.Instance, security), new ClientSettings(at, Stubborn, TakesNewShop: true), this, // some tests restore the shop from a copy
            TimeProvider.System, NullLogger.Instance));
    }

    public Shop Shop { get; }

    /// <summary>How often a try failed and another had to follow: what a person would have seen as trouble.</summary>
    public int TriedAgain { get; private set; }

    /// <summary>What it was told that cannot be.</summary>
    public string? Contradiction { get; private set; }

    public IReadOnlyList<OrderTry> Tries
    {
        get
        {
            lock (_tries)
                return [.. _tries];
        }
    }

    /// <summary>Until told to stop; then it waits for the answer to what is in flight.</summary>
    public async Task RunAsync(Pace pace, CancellationToken stop)
    {
        await IntroduceAsync(stop);
        for (int round = 1; !stop.IsCancellationRequested && Contradiction is null; round++)
        {
            OrderTry tried = await PlaceAsync(round, stop);
            if (round % 5 == 0 && tried.Placed == Outcome.Acknowledged)
                await CancelAsync(tried, stop);
            if (round % 3 == 0 && tried.Placed == Outcome.Acknowledged)
                await LookForAsync(tried);
            await pace.RestAsync();
        }
    }

    /// <summary>Waits for no answer any more.</summary>
    public void Abandon() => _abandon.Cancel();

    void IClientNotices.TryingAgain(FailedTry failed) => TriedAgain++;

    void IClientNotices.Recovered()
    {
    }

    void IClientNotices.CameOf(UpdateInFlight update, Answer answer)
    {
    }

    void IClientNotices.HadWaited(UpdateInFlight update)
    {
    }

    void IClientNotices.NotSaved(string reason)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await Shop.Client.DisposeAsync();
        _abandon.Dispose();
    }

    private async Task IntroduceAsync(CancellationToken stop)
    {
        var details = new CustomerDetails("User", $"{_number}", "020-7946-0000", "SW1A 1AA", "12 St James's Square");
        (Outcome outcome, Answer? answer) = await SettleAsync(() => Shop.SaveDetailsAsync(details, _abandon.Token), stop);
        if (outcome != Outcome.Acknowledged)
            Contradiction = $"user {_number} could not introduce itself: {outcome} {answer}";
    }

    private async Task<OrderTry> PlaceAsync(int round, CancellationToken stop)
    {
        CartLine[] lines = round % 7 == 0
            ? [new("rice", 1), new("saffron", 2)]
            : [new("rice", 1 + (round % 4)), new("beans", 1 + (_number % 3))];
        var tried = new OrderTry(new OrderDraft(lines, Delivery.SameDay, new Pence(round), null), _clock.Elapsed.TotalMilliseconds);
        lock (_tries)
            _tries.Add(tried);

        (tried.Placed, Answer? answer) = await SettleAsync(() => Shop.PlaceAsync(tried.Draft, _abandon.Token), stop);
        tried.Order = (answer as OrderAnswer)?.Order;
        tried.AnsweredMs = _clock.Elapsed.TotalMilliseconds;
        return tried;
    }

    private async Task CancelAsync(OrderTry tried, CancellationToken stop)
    {
        tried.Cancelled = Outcome.Unknown;
        (tried.Cancelled, _) = await SettleAsync(() => Shop.CancelOrderAsync(tried.Order!.OrderId, _abandon.Token), stop);
    }

    /// <summary>An order that was acknowledged is in the next answer, whoever is the primary by then.</summary>
    private async Task LookForAsync(OrderTry tried)
    {
        try
        {
            int orderId = tried.Order!.OrderId;
            Answer answer = await Shop.Client.AskAsync(RequestKind.ViewOrders, AfterOrder(orderId - 1), _abandon.Token);
            if (answer is not OrdersAnswer { Orders: [var first, ..] } || first.OrderId != orderId || first.Tip.Value != tried.Tip)
                Contradiction = $"user {_number} was told that order {orderId} is placed, and then shown {answer}";
        }
        catch (Exception e) when (e is UnavailableException or OperationCanceledException)
        {
            // nothing was shown, so nothing was wrong
        }
    }

    /// <summary>Makes an update; one without an answer is asked again, as 'user resume' does, until there is one or the user stops.</summary>
    private async Task<(Outcome Outcome, Answer? Answer)> SettleAsync(Func<Task<Answer>> update, CancellationToken stop)
    {
        try
        {
            return Settled(await update());
        }
        catch (UnavailableException e) when (e.ExitCode == ExitCode.Unavailable)
        {
            return (Outcome.NotSent, null);
        }
        catch (UnavailableException)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    if (await Shop.Client.ResumeAsync(_abandon.Token) is var (_, answer))
                        return Settled(answer);
                }
                catch (UnavailableException)
                {
                    // still nobody there
                }
            }

            return (Outcome.Unknown, null);
        }
        catch (OperationCanceledException)
        {
            return (Outcome.NotSent, null);
        }
    }

    private static (Outcome Outcome, Answer? Answer) Settled(Answer answer) =>
        (answer.Code.IsRefusal() ? Outcome.Refused : Outcome.Acknowledged, answer);

    private static byte[] AfterOrder(int orderId)
    {
        var output = new ArrayBufferWriter<byte>(16);
        var writer = new MessagePackWriter(output);
        RequestBodies.WriteOrderId(ref writer, orderId);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
