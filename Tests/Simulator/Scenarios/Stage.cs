using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Replication;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Scenarios;

/// <summary>
/// The cluster in which a scenario plays one interleaving: real replicas, puppets for front ends, no name server. The scenario makes the
/// views, cuts and heals links to hold messages back, and kills processes; the ledger checks the invariants as in any schedule.
/// </summary>
internal sealed class Stage
{
    private const long Ms = 1_000;
    private const int FirstPuppet = 50;

    private readonly ClusterId _cluster = new(77);
    private readonly int _minReplicas;

    public Stage(int replicas, int minReplicas = 2, ReplicaOptions? options = null)
    {
        _minReplicas = minReplicas;
        World = new SimWorld(1, keepLines: true);
        Ledger = new Ledger(World);
        var noNames = new NameServerNode(World, 0, new SimNameStorage(Ledger, World.Chance));
        for (int i = 1; i <= replicas; i++)
            Replicas.Add(new ReplicaNode(World, i, new ReplicaId(i.ToString()), Ledger, options ?? new ReplicaOptions(), noNames, new DiskHealth(3_000)));
        FrontEnd = new Puppet(World, FirstPuppet, "fe");
        Other = new Puppet(World, FirstPuppet + 1, "fe2");
        User = new UserProfile(0, World.Chance);
        Second = new UserProfile(1, World.Chance);
        foreach (SimProcess process in Replicas.Cast<SimProcess>().Append(FrontEnd).Append(Other))
            process.Start();
        foreach (ReplicaNode replica in Replicas)
            Connect(replica);
        Run(50);
    }

    public SimWorld World { get; }

    public Ledger Ledger { get; }

    public List<ReplicaNode> Replicas { get; } = [];

    public Puppet FrontEnd { get; }

    /// <summary>A second front end, which may know less.</summary>
    public Puppet Other { get; }

    public UserProfile User { get; }

    public UserProfile Second { get; }

    /// <summary>What happened, for a failing test's message.</summary>
    public string Story => string.Join('\n', World.Trace.Lines);

    /// <summary>The replica with this number: 1, 2, 3…</summary>
    public ReplicaNode this[int number] => Replicas[number - 1];

    public void Connect(ReplicaNode replica)
    {
        FrontEnd.Connect(replica);
        Other.Connect(replica);
    }

    public void Run(long ms) => World.Time.Run(World.NowUs + (ms * Ms));

    /// <summary>Runs until <paramref name="done"/>, for at most 5 simulated seconds; false if the condition was not met.</summary>
    public bool RunUntil(Func<bool> done) => World.Time.Run(World.NowUs + (5_000 * Ms), done);

    /// <summary>Makes a view as the register would: legal, and the next one.</summary>
    public View Make(ProposalKind kind, int primary, int[] members, int? joining = null)
    {
        Epoch epoch = (Ledger.View?.Epoch ?? Epoch.None).Next;
        bool isUnclean = kind == ProposalKind.Unclean;
        var view = new View(
            _cluster, NameRules.DefaultGroup, epoch, this[primary].Id, [.. members.Select(m => this[m].Member)],
            joining is { } j ? this[j].Member : null, _minReplicas, (Ledger.View?.DataLoss ?? 0) + (isUnclean ? 1 : 0))
        {
            Lineage = isUnclean ? new Lineage(World.Chance.Id(), epoch) : Ledger.View?.Lineage ?? Lineage.First,
        };
        Ledger.ViewMade(view, kind);
        return view;
    }

    /// <summary>Sends a view to some replicas, and waits until they have adopted it.</summary>
    public void Tell(View view, params int[] replicas)
    {
        foreach (int replica in replicas)
            FrontEnd.Tell(this[replica], view, Replicas);
        if (!RunUntil(() => replicas.All(r => this[r].Core is { } core && core.Adopted?.Epoch >= view.Epoch)))
            throw new ViolationException($"{view} is not adopted by all of {string.Join(' ', replicas)}\n{Story}");
    }

    /// <summary>
    /// Bootstraps a group of these replicas with 1 as primary, tells all replicas, and waits until it serves and knows two customers.
    /// </summary>
    public View Open(params int[] members)
    {
        View view = Make(ProposalKind.Bootstrap, 1, members);
        Tell(view, [.. Enumerable.Range(1, Replicas.Count)]);
        Done(FrontEnd.Execute(this[1], view.Epoch, User, Details(User)));
        Done(FrontEnd.Execute(this[1], view.Epoch, Second, Details(Second)));
        Done(FrontEnd.Barrier(this[1], view.Epoch));
        return view;
    }

    /// <summary>Waits for a call's answer.</summary>
    public Call Done(Call call) =>
        RunUntil(() => call.IsAnswered) ? call : throw new ViolationException($"no answer from {call}\n{Story}");

    public void Cut(int from, int to) => World.Network.SetCut(this[from], this[to], true);

    public void Heal(int from, int to) => World.Network.SetCut(this[from], this[to], false);

    /// <summary>Cuts both directions between a replica and some others.</summary>
    public void Isolate(int one, params int[] others)
    {
        foreach (int other in others)
        {
            Cut(one, other);
            Cut(other, one);
        }
    }

    public void Rejoin(int one, params int[] others)
    {
        foreach (int other in others)
        {
            Heal(one, other);
            Heal(other, one);
        }
    }

    public Operation Order(UserProfile user, string product, int quantity) => new()
    {
        User = user.Number,
        Kind = RequestKind.PlaceOrder,
        Sequence = user.Sequence = user.Sequence.Next,
        RequestId = new RequestId(World.Chance.Id()),
        Draft = new OrderDraft([new CartLine(product, quantity)], Delivery.NextDay, Pence.Zero, null),
    };

    public Operation Cancel(UserProfile user, int orderId) => new()
    {
        User = user.Number,
        Kind = RequestKind.Cancel,
        Sequence = user.Sequence = user.Sequence.Next,
        RequestId = new RequestId(World.Chance.Id()),
        OrderId = orderId,
    };

    public static Operation Read(UserProfile user, RequestKind kind) => new() { User = user.Number, Kind = kind };

    public Operation Details(UserProfile user) => new()
    {
        User = user.Number,
        Kind = RequestKind.UserDetails,
        Sequence = user.Sequence = user.Sequence.Next,
        RequestId = new RequestId(World.Chance.Id()),
        Details = new CustomerDetails("Ada", "Lovelace", "01904-320000", Wishes.GoodPostcode, "1 Street"),
    };
}
