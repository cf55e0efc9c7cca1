using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Tests.Fakes;
using MessagePack;

namespace JustHungry.Tests.Server.Replication;

/// <summary>A real replica core, whose network, disk, clock and peers are the test's hands.</summary>
internal sealed class ReplicaRig : IReplicaHost, IReplicaEvents
{
    public static readonly Member One = new(new ReplicaId("1"), new DiskId(101));
    public static readonly Member Two = new(new ReplicaId("2"), new DiskId(102));
    public static readonly Member Three = new(new ReplicaId("3"), new DiskId(103));
    public static readonly ClusterId Cluster = new(77);

    private readonly SortedDictionary<long, Member> _followers = [];
    private long _ms = 1_000;
    private int _dialsSeen;
    private int _written;
    private int _loaded;
    private ulong _lastSequence;

    /// <param name="self">Replica 1 unless said otherwise.</param>
    public ReplicaRig(Member? self = null, RecoveredDisk? recovered = null, ReplicaOptions? options = null)
    {
        Member me = self ?? One;
        Disk = new FakeDisk();
        Network = new FakeNetwork();
        Core = new ReplicaCore(
            new ReplicaIdentity(me.Id, new BootId(9), NameRules.DefaultGroup, new Endpoint("me", 1), new Endpoint("names", 9090), BootId.None),
            recovered ?? new RecoveredDisk(me.Disk, null, EntryPosition.Start, [], EntryPosition.Start, new ShopState()),
            options ?? new ReplicaOptions(), Network, Disk, this, this);
        FrontEnd = Accept(new Hello(Role.FrontEnd, "fe", default, new BootId(5), Cluster, NameRules.DefaultGroup));
    }

    public ReplicaCore Core { get; }

    public FakeDisk Disk { get; }

    public FakeNetwork Network { get; }

    public ConnectionId FrontEnd { get; }

    /// <summary>What the name server's refusals made the core tell: "held" or "taken", and by whom.</summary>
    public List<(string What, BootId By)> NameLost { get; } = [];

    void IReplicaHost.AskNameHolder(Registration holder) => NameLost.Add(("held", holder.Boot));

    void IReplicaEvents.NameTaken(Registration holder) => NameLost.Add(("taken", holder.Boot));

    /// <summary>How often it told that it holds its name, and with which owner that its shop is open.</summary>
    public int TimesRegistered { get; private set; }

    public List<KeyHash?> OwnersKnown { get; } = [];

    public List<(Epoch From, Epoch For)> SteppedDown { get; } = [];

    /// <summary>Whose clock this primary's is far from, and by how much it is ahead.</summary>
    public List<(Member Follower, long AheadMs)> ClocksApart { get; } = [];

    void IReplicaEvents.ClockApart(Member follower, long aheadMs) => ClocksApart.Add((follower, aheadMs));

    void IReplicaEvents.Registered() => TimesRegistered++;

    void IReplicaEvents.OwnerKnown(KeyHash? owner) => OwnersKnown.Add(owner);

    void IReplicaEvents.SteppedDown(Epoch epoch, Epoch later) => SteppedDown.Add((epoch, later));

    public ReadOnlyMemory<byte> OpenShop()
    {
        var opening = new ArrayBufferWriter<byte>();
        ShopOpening.Sample.WriteTo(new EffectWriter(opening));
        return opening.WrittenMemory;
    }

    /// <summary>What an operator wants the owner's key to be.</summary>
    public KeyHash? ResetsTo { get; set; }

    public ReadOnlyMemory<byte>? ResetOwnerKey(KeyHash? shops)
    {
        if (ResetsTo is not { } key || key == shops)
            return null;

        var reset = new ArrayBufferWriter<byte>();
        new EffectWriter(reset).SetOwnerKey(key);
        return reset.WrittenMemory;
    }

    public Now Now => new(_ms, 1_795_348_800_000 + _ms);

    public static View ViewOf(ulong epoch, Member primary, IReadOnlyList<Member> members, Member? joining = null, int dataLoss = 0, int minReplicas = 2) =>
        new(Cluster, NameRules.DefaultGroup, new Epoch(epoch), primary.Id, members, joining, minReplicas, dataLoss);

    public static LogBatch BatchOf(ulong first, ulong epoch, int count = 1, ulong mark = 0)
    {
        var effects = new ArrayBufferWriter<byte>();
        new EffectWriter(effects).ViewStarted(new Epoch(epoch + mark));
        var entries = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(entries);
        for (int i = 0; i < count; i++)
            writer.Write(effects.WrittenSpan);
        writer.Flush();
        return LogBatch.Create(new EntryIndex(first), count, new Epoch(epoch), entries.WrittenMemory);
    }

    public static EntryPosition At(ulong index, ulong epoch) => new(new EntryIndex(index), new Epoch(epoch));

    public static Append AppendOf(ulong epoch, ulong round, EntryPosition previous, LogBatch? batch = null, ulong commit = 0) => new(
        new Epoch(epoch), new Round(round), previous, batch?.Epoch ?? new Epoch(epoch), batch?.Count ?? 0, batch?.Checksum ?? 0,
        batch?.Sequence ?? ReadOnlySequence<byte>.Empty, new EntryIndex(commit));

    public ConnectionId Accept(Hello peer)
    {
        ConnectionId connection = Network.NextConnection();
        Core.Opened(Now, connection, peer);
        return connection;
    }

    public ConnectionId AcceptReplica(Member member) => Accept(HelloOf(member));

    /// <summary>One frame, and the end of its batch.</summary>
    public void Receive<T>(ConnectionId from, in T message, ulong correlation = 1)
        where T : struct, IMessage<T>
    {
        Core.Received(Now, from, new Frame(Network.Encode(correlation, message)));
        Core.BatchEnded(Now);
    }

    /// <summary>The running write, if there is one, is durable.</summary>
    public void DiskIsDone()
    {
        _written++;
        Core.Written(Now);
        Core.BatchEnded(Now);
    }

    /// <summary>All writes are durable, and what is to be loaded is.</summary>
    public void DiskIsIdle()
    {
        while (Disk.Writes.Count > _written)
            DiskIsDone();
        for (; _loaded < Disk.Loads; _loaded++)
        {
            Core.Loaded(Now, new ShopState(), EntryPosition.Start);
            Core.BatchEnded(Now);
        }
    }

    public void Pass(int ms)
    {
        for (int passed = 0; passed < ms; passed += Timing.TickMs)
        {
            _ms += Timing.TickMs;
            Core.Tick(Now);
            Core.BatchEnded(Now);
        }
    }

    /// <summary>The process stands still, or its loop is busy, for so long.</summary>
    /// <param name="before">What is taken before the tick that tells of the pause.</param>
    public void Pause(int ms, Action? before = null)
    {
        _ms += ms;
        before?.Invoke();
        Core.Tick(Now);
        Core.BatchEnded(Now);
    }

    /// <summary>Makes this replica adopt a view and writes until the disk is idle.</summary>
    public void Adopt(View view)
    {
        Receive(FrontEnd, new NewView(view, [.. view.Members.Concat(view.Joining is { } j ? [j] : []).Select(m => new MemberEndpoint(m, new Endpoint(m.Id.Value, 1)))]));
        while (Disk.Writes.Count > _written)
            DiskIsDone();
    }

    /// <summary>The primary under test dials its followers: this opens what it has dialled since the last time.</summary>
    public void OpenFollowers(params Member[] members)
    {
        Pass(Timing.TickMs);
        foreach ((ConnectionId connection, Endpoint endpoint) in Network.Dialled.Skip(_dialsSeen).ToList())
        {
            if (members.FirstOrDefault(m => m.Id.Value == endpoint.Host) is { Id.Value: not null } member)
            {
                _followers[connection.Value] = member;
                Core.Opened(Now, connection, HelloOf(member));
                Core.BatchEnded(Now);
            }
        }

        _dialsSeen = Network.Dialled.Count;
    }

    public IReadOnlyList<ConnectionId> OpenFollowerConnections =>
        [.. _followers.Keys.Select(k => new ConnectionId(k)).Where(c => !Network.Closed.Contains(c))];

    /// <summary>A connection is over, whoever had it.</summary>
    public void CloseConnection(ConnectionId connection)
    {
        _followers.Remove(connection.Value);
        Core.Closed(Now, connection);
    }

    /// <summary>The connection to a follower that was opened last.</summary>
    public ConnectionId To(Member member) => new(_followers.Last(f => f.Value == member && !Network.Closed.Contains(new ConnectionId(f.Key))).Key);

    /// <summary>A follower acks everything, in the round it was sent last.</summary>
    public void Ack(Member follower, ulong epoch, ulong? match = null, ulong? round = null, long clockBehindMs = 0)
    {
        Append last = Network.Sent.Last(s => s.To == To(follower) && s.Type == MessageType.Append).As<Append>();
        Receive(To(follower), new Appended(
            new Epoch(epoch), new Round(round ?? last.Round.Value), new EntryIndex(match ?? last.Previous.Index.Value + (ulong)last.Count), Now.UtcMs - clockBehindMs));
    }

    /// <summary>Makes this replica the primary of a view of One, Two and Three whose followers are level and whose disk is idle.</summary>
    public void Lead(ulong epoch = 1, params Member[] members)
    {
        Member[] all = members.Length > 0 ? members : [One, Two, Three];
        Adopt(ViewOf(epoch, One, all));
        Member[] others = [.. all.Where(m => m != One)];
        OpenFollowers(others);
        foreach (Member other in others)
        {
            Ack(other, epoch);
            Ack(other, epoch);
        }
    }

    public void Execute(ulong epoch, UserId user, RequestKind kind, ReadOnlySequence<byte> body, ulong correlation)
    {
        ulong sequence = kind.IsUpdate() ? ++_lastSequence : 0;
        Receive(FrontEnd, new Execute(new Epoch(epoch), new UserRequest(user, default, new Sequence(sequence), new RequestId(sequence), kind, body)), correlation);
    }

    public void EnterDetails(ulong epoch, ulong correlation) => Execute(
        epoch, new UserId(1), RequestKind.UserDetails,
        Body((ref MessagePackWriter w) => CustomerDetails.Write(ref w, new CustomerDetails("A", "B", "1", "YO1 1AA", "C"))), correlation);

    public void ListProducts(ulong epoch, ulong correlation) =>
        Execute(epoch, new UserId(1), RequestKind.ProductList, Body((ref MessagePackWriter w) => w.WriteNil()), correlation);

    public T Answer<T>(ConnectionId to, ulong correlation)
        where T : struct, IMessage<T> => Network.Sent.Last(s => s.To == to && s.Correlation == correlation).As<T>();

    public IEnumerable<T> All<T>(ConnectionId to)
        where T : struct, IMessage<T> => Network.Sent.Where(s => s.To == to && s.Type == T.Type).Select(s => s.As<T>());

    public StatusReport Status()
    {
        Receive(FrontEnd, default(Status), 999);
        return Answer<StatusReport>(FrontEnd, 999);
    }

    public void LookUpPostcode(ulong token, string postcode)
    {
        Core.PostcodeAnswered(Now, token, PostcodeVerdict.Valid);
        Core.BatchEnded(Now);
    }

    private static Hello HelloOf(Member member) => new(Role.Replica, member.Id.Value, member.Disk, new BootId(1), Cluster, NameRules.DefaultGroup);

    private delegate void WriteBody(ref MessagePackWriter writer);

    private static ReadOnlySequence<byte> Body(WriteBody write)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        write(ref writer);
        writer.Flush();
        return new ReadOnlySequence<byte>(body.WrittenMemory);
    }
}
