using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using MessagePack;

namespace JustHungry.Server.Hosting;

/// <summary>
/// Plays a promotion and some orders between two scratch replicas in memory, so that the first real ones need not wait for the JIT
/// compiler. Otherwise a backup that has never led would run cold code just when users are waiting. Does not touch the real replica.
/// </summary>
internal sealed class Rehearsal
{
    public const string NameOfGroup = "rehearsal";

    /// <summary>A method called this often is recompiled with optimisation (TieredCompilation's threshold is 30).</summary>
    private const int Orders = 40;

    private const int Ticks = 20;

    private readonly Queue<Action<Now>> _events = new();
    private readonly RehearsalReplica[] _replicas = new RehearsalReplica[2];
    private long _ms;

    private Rehearsal()
    {
        var opening = new ArrayBufferWriter<byte>();
        ShopOpening.Sample.WriteTo(new EffectWriter(opening));
        for (int i = 0; i < _replicas.Length; i++)
            _replicas[i] = new RehearsalReplica(i, _replicas, _events, opening.WrittenMemory);
    }

    /// <summary>Returns how many entries the scratch replicas committed.</summary>
    public static ulong Run()
    {
        var rehearsal = new Rehearsal();
        rehearsal.Play();
        return rehearsal._replicas.Min(r => r.Core.Replica.Log.Commit.Value);
    }

    private void Play()
    {
        Member[] members = [.. _replicas.Select(r => r.Member)];
        for (int primary = 0; primary < _replicas.Length; primary++)
        {
            var epoch = new Epoch((ulong)primary + 1);
            var view = new View(new ClusterId(1), NameOfGroup, epoch, members[primary].Id, members, null, members.Length, 0);
            foreach (RehearsalReplica replica in _replicas)
                replica.FromFrontEnd(new NewView(view, [.. _replicas.Select(r => new MemberEndpoint(r.Member, r.Endpoint))]));
            Settle();
            Order(_replicas[primary], epoch);
        }
    }

    private void Order(RehearsalReplica primary, Epoch epoch)
    {
        var user = new UserId(FreshIds.Next());
        for (ulong sequence = 1; sequence <= Orders; sequence++)
        {
            RequestKind kind = sequence == 1 ? RequestKind.UserDetails : RequestKind.PlaceOrder;
            primary.FromFrontEnd(new Execute(epoch, new UserRequest(user, default, new Sequence(sequence), new RequestId(sequence), kind, Body(kind))));
            primary.FromFrontEnd(new PropagateBackup(epoch));
            primary.FromFrontEnd(default(Status));
            Settle();
        }
    }

    private static ReadOnlySequence<byte> Body(RequestKind kind)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        if (kind == RequestKind.UserDetails)
            CustomerDetails.Write(ref writer, new CustomerDetails("A", "B", "1", "YO1 1AA", "C"));
        else
            OrderDraft.Write(ref writer, new OrderDraft([new CartLine(Catalogue.Sample[0].Name, 1)], Delivery.NextDay, Pence.Zero, null));
        writer.Flush();
        return new ReadOnlySequence<byte>(body.WrittenMemory);
    }

    /// <summary>Runs for some ticks, each until nothing is left to do.</summary>
    private void Settle()
    {
        for (int tick = 0; tick < Ticks; tick++)
        {
            var now = new Now(_ms += Timing.TickMs, 0);
            foreach (RehearsalReplica replica in _replicas)
                replica.Core.Tick(now);
            do
            {
                while (_events.TryDequeue(out Action<Now>? next))
                    next(now);
                foreach (RehearsalReplica replica in _replicas)
                    replica.Core.BatchEnded(now);
            }
            while (_events.Count > 0);
        }
    }
}
