using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Simulator.World;
using JustHungry.Tests.Fakes;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Fuzzing.OneReplica;

/// <summary>
/// Replica 2 with its disk, process after process, and nothing else that is real. After each step, what it holds and says is compared with
/// its disk and with the histories of the primaries.
/// </summary>
internal sealed class LoneReplica : IReplicaHost, IReplicaEvents
{
    private static readonly ReplicaOptions Options = new() { CheckpointEntries = 3, CheckpointMs = 50, LogTailBytes = 20 };

    private readonly Primaries _primaries;
    private readonly RareBranches _rare;
    private readonly FakeNetwork _network = new();
    private readonly Dictionary<ulong, ConnectionId> _links = [];
    private long _ms = 1_000;
    private int _framesSeen;
    private int _cutsSinceWrite;
    private LogWrite? _lastWrite;

    public LoneReplica(Primaries primaries, RareBranches rare)
    {
        _primaries = primaries;
        _rare = rare;
        Disk = new LoneDisk { Committed = primaries.Committed };
        Core = Start(stored: false);
    }

    public ReplicaCore Core { get; private set; }

    public LoneDisk Disk { get; }

    public ReplicaLog Log => Core.Replica.Log;

    /// <summary>The epoch that it has heard of; 0 before the first.</summary>
    public ulong Staged => Core.Views.Staged?.Epoch.Value ?? 0;

    public Queue<SentFrame> Answers { get; } = new();

    private Now Now => new(_ms, 0);

    public ReadOnlyMemory<byte> OpenShop() => Opening;

    public static ReadOnlyMemory<byte> Opening { get; } = MakeOpening();

    void IReplicaHost.LookUpPostcode(ulong token, string postcode)
    {
    }

    void IReplicaHost.AskNameHolder(Registration holder)
    {
    }

    /// <summary>The connection of an epoch's primary, which is opened if there is none.</summary>
    public ConnectionId Link(ulong epoch)
    {
        if (_links.TryGetValue(epoch, out ConnectionId open))
            return open;

        View view = _primaries.ViewAt(epoch);
        Member primary = view.Members.Single(m => m.Id == view.Primary);
        ConnectionId link = _links[epoch] = _network.NextConnection();
        Core.Opened(Now, link, new Hello(Role.Replica, primary.Id.Value, primary.Disk, new BootId(1), Cluster, NameRules.DefaultGroup));
        return link;
    }

    public void Unlink(ulong epoch)
    {
        if (_links.Remove(epoch, out ConnectionId link))
            Core.Closed(Now, link);
    }

    public void Receive<T>(ulong fromEpoch, in T message)
        where T : struct, IMessage<T> => Receive(Link(fromEpoch), message);

    private void Receive<T>(ConnectionId link, in T message)
        where T : struct, IMessage<T>
    {
        Epoch?[] before = [.. Epochs()];
        LogBatch[] batches = [.. Log.BatchesBetween(Log.Base.Index, Log.Last.Index)];
        bool wasDropped = Log.IsDropped;
        Core.Received(Now, link, new Frame(_network.Encode(1, message)));
        if (!wasDropped && !Log.IsDropped)
            CountCut(before, batches);
    }

    /// <summary>From the primary of that view if this replica believes it, and from a front end otherwise.</summary>
    public void NewView(View view)
    {
        _rare.Met(Rare.AdoptionBehindAWrite, Log.IsWriting && Disk.Running is { Adopt: null });
        _rare.Met(Rare.ViewReplacedBeforeItWasWritten, Staged < view.Epoch.Value && Core.Views.Staged != Core.Views.Adopted && Disk.Running is { Adopt: null });
        bool wasLoading = Core.Replica.Shop.IsReloading;
        bool isBelieved = view.Primary != Two.Id && Core.Views.Staged?.IsRequired(view.Members.Single(m => m.Id == view.Primary)) == true;
        Receive(isBelieved ? Link(view.Epoch.Value) : FrontEnd(), new NewView(view, []));
        _rare.Met(Rare.ReloadBehindACheckpoint, !wasLoading && Core.Replica.Shop.IsReloading && Disk.IsCheckpointing);
        _rare.Met(Rare.LeadershipWaitedForTheState, Staged == view.Epoch.Value && view.IsPrimary(Two) && !Core.Replica.Shop.IsLoaded);
        _rare.Met(Rare.ViewAdoptedBetweenTransfers, Log.IsDropped && Disk.Log.IsInstalling);
    }

    public void EndBatch()
    {
        Core.BatchEnded(Now);
        if (Disk.Running is { } write && !ReferenceEquals(write, _lastWrite))
        {
            _lastWrite = write;
            _rare.Met(Rare.TwoCutsInOneWrite, _cutsSinceWrite > 1);
            _rare.Met(Rare.BaseMovedInTheWriteOfACut, write is { CutFrom: not null, Base: not null });
            _cutsSinceWrite = 0;
        }

        if (Core.IsLeading)
            _primaries.Leads(Core.Adopted!.Epoch.Value, [.. _primaries.Committed.Take((int)Log.Base.Index.Value), .. PastEntry.Of(Log.BatchesBetween(Log.Base.Index, Log.Last.Index))]);
        Check();
    }

    public void EndWrite()
    {
        bool withholds = Core.Views.Following is not null && Staged > (Core.Adopted?.Epoch.Value ?? 0) && Disk.Running!.Append.Count > 0;
        _rare.Met(Rare.AckWithheld, withholds);
        Disk.EndWrite(Core, Now);
    }

    public void StepCheckpoint(int entries)
    {
        EntryPosition @base = Log.Base;
        Disk.StepCheckpoint(Core, Now, entries);
        _rare.Met(Rare.BaseMovedDuringAWrite, Log.Base != @base && Disk.Running is not null);
    }

    public void EndLoad() => Disk.EndLoad(Core, Now);

    public void StepInstall() => Disk.StepInstall(Core, Now);

    public void Pass(int ms)
    {
        _ms += ms;
        Core.Tick(Now);
    }

    public void Execute(ulong user) => Core.Received(Now, FrontEnd(), new Frame(_network.Encode(1, new Execute(
        Core.Adopted!.Epoch, new UserRequest(new UserId(user), default, new Sequence(1), new RequestId(user), RequestKind.PlaceOrder, Garbage)))));

    public void Kill(bool stored)
    {
        if (Disk.Running is not null)
            _rare.Met(stored ? Rare.KilledInAWriteThatWasStored : Rare.KilledInAWriteThatWasLost);
        _rare.Met(Rare.KilledInACheckpoint, Disk.IsCheckpointing);
        _rare.Met(Rare.KilledInATransfer, Disk.Log.IsInstalling);
        _links.Clear();
        _network.Sent.Clear();
        Answers.Clear();
        _framesSeen = 0;
        _cutsSinceWrite = 0;
        Core = Start(stored);
        Check();
    }

    private static ReadOnlySequence<byte> Garbage => new([0xc0]);

    private ReplicaCore Start(bool stored) => new(
        new ReplicaIdentity(Two.Id, new BootId(9), NameRules.DefaultGroup, new Endpoint("me", 1), new Endpoint("names", 9090), BootId.None),
        Disk.Recover(Two.Disk, stored), Options, _network, Disk, this, this);

    private ConnectionId FrontEnd()
    {
        ConnectionId link = _network.NextConnection();
        Core.Opened(Now, link, new Hello(Role.FrontEnd, "fe", default, new BootId(5), Cluster, NameRules.DefaultGroup));
        return link;
    }

    private static ReadOnlyMemory<byte> MakeOpening()
    {
        var opening = new ArrayBufferWriter<byte>();
        ShopOpening.Sample.WriteTo(new EffectWriter(opening));
        return opening.WrittenMemory;
    }

    private IEnumerable<Epoch?> Epochs()
    {
        for (ulong i = 0; i <= Log.Last.Index.Value; i++)
            yield return Log.EpochAt(new EntryIndex(i));
    }

    /// <summary>If the last frame has cut something, which kind of a cut it was.</summary>
    private void CountCut(Epoch?[] before, LogBatch[] batches)
    {
        ulong cut = Log.Base.Index.Value + 1;
        while (cut < (ulong)before.Length && Log.EpochAt(new EntryIndex(cut)) == before[cut])
            cut++;
        if (cut >= (ulong)before.Length)
            return;

        var from = new EntryIndex(cut);
        _cutsSinceWrite++;
        bool isRunning = Disk.Running?.Append.Exists(b => b.Last >= from) == true;
        bool isOnDisk = Disk.Log.Last.Index >= from;
        _rare.Met(Rare.CutInsideABatch, batches.Any(b => b.First < from && from <= b.Last));
        _rare.Met(Rare.CutBelowTheRunningWrite, isRunning);
        _rare.Met(Rare.CutOfDurableEntries, isOnDisk);
        _rare.Met(Rare.CutOfGatheredEntries, !isRunning && !isOnDisk);
        _rare.Met(Rare.CutDuringACheckpoint, Disk.IsCheckpointing);
    }

    /// <summary>Called after each event, so that each frame is judged by what was so when it left.</summary>
    public void Check()
    {
        TakeFrames();
        Disk.CheckTablesMeetLog();
        CheckCommitted();
        if (!Log.IsDropped && !Disk.Log.IsInstalling)
            CheckDurable();
        _rare.Met(Rare.CommitAheadOfTheDisk, Log.Commit > Log.Durable.Index);
    }

    /// <summary>What it calls durable is on its disk; and all of its log is, when it has nothing left to write.</summary>
    private void CheckDurable()
    {
        ulong from = Math.Max(Log.Base.Index.Value, Disk.Log.Base.Index.Value);
        for (ulong i = from; i <= Log.Durable.Index.Value; i++)
        {
            var index = new EntryIndex(i);
            Demand(Disk.Log.EpochAt(index) == Log.EpochAt(index), $"it calls {Log.Durable} durable, and the disk holds {Disk.Log.EpochAt(index)} at {index}");
        }

        if (!Log.IsAllDurable)
            return;

        LogBatch[] held = [.. Log.BatchesBetween(Log.Base.Index, Log.Last.Index)];
        Demand(Log.Durable == Log.Last, $"nothing is left to write, and only {Log.Durable} of {Log.Last} counts as durable");
        Demand(Disk.Log.Base == Log.Base && Disk.Log.Batches.Count == held.Length, $"the disk holds {Disk.Log.Base}..{Disk.Log.Last}, the process {Log.Base}..{Log.Last}");
        Demand(held.Zip(Disk.Log.Batches).All(b => b.First.LastPosition == b.Second.LastPosition && b.First.Checksum == b.Second.Checksum), "the batches on disk differ");
    }

    /// <summary>What is committed is never lost here nor changed.</summary>
    private void CheckCommitted()
    {
        IReadOnlyList<PastEntry> committed = _primaries.Committed;
        Demand(Log.IsDropped || (int)Log.Commit.Value <= committed.Count, $"it takes {Log.Commit} for committed, of {committed.Count}");
        for (ulong i = Log.Base.Index.Value; i <= Log.Commit.Value; i++)
            Demand(Log.IsDropped || Log.PositionAt(new EntryIndex(i)) == PastEntry.PositionIn(committed, (int)i), $"entry {i} is committed with another epoch");

        int must = _primaries.MustHold;
        EntryPosition last = PastEntry.PositionIn(committed, must);
        Demand(Disk.Log.Base.Index.Value >= (ulong)must || Disk.Log.EpochAt(last.Index) == last.Epoch, $"{last} is committed and no longer on its disk");
        Demand(Disk.Tables.Count <= committed.Count && Disk.Tables.Zip(committed).All(e => e.First.Is(e.Second)), "the tables hold something that is not committed");
        if (Core.Replica.Shop.IsLoaded && Core.Views.Staged?.IsPrimary(Two) != true)
            Demand(Log.IsDropped || Core.Replica.Shop.Index <= Log.Commit, $"{Core.Replica.Shop.Index} is applied, {Log.Commit} committed");
    }

    /// <summary>An ack is true when it leaves: in the adopted epoch, of which no later one is known, and of what is on the disk.</summary>
    private void TakeFrames()
    {
        for (; _framesSeen < _network.Sent.Count; _framesSeen++)
        {
            SentFrame sent = _network.Sent[_framesSeen];
            Answers.Enqueue(sent);
            if (sent.Type != MessageType.Appended)
                continue;

            Appended ack = sent.As<Appended>();
            ulong epoch = ack.Epoch.Value;
            Demand(Disk.Log.Adopted?.Epoch == ack.Epoch && Staged == epoch, $"an ack of epoch {epoch} leaves after {Staged} was heard of");
            CheckEqual(_primaries.LogOf(epoch), (int)ack.Match.Value);
            _primaries.Acked(epoch, (int)ack.Match.Value);
        }
    }

    private void CheckEqual(IReadOnlyList<PastEntry> log, int match)
    {
        if (match == 0)
            return;

        Demand(!Disk.Log.IsInstalling && match <= log.Count, $"it acks {match} of {log.Count}");
        int @base = (int)Disk.Log.Base.Index.Value;
        PastEntry[] stored = [.. PastEntry.Of(Disk.Log.Batches)];
        Demand(match <= @base + stored.Length, $"it acks {match}, and the disk ends at {Disk.Log.Last}");
        for (int i = @base; i < match; i++)
            Demand(stored[i - @base].Is(log[i]), $"it acks {match}, and entry {i + 1} on its disk is not the primary's");
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
            throw new ViolationException(otherwise);
    }
}
