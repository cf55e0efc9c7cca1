using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Replication;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Checks;

/// <summary>
/// Sees what no process in the cluster can see: every disk's durable bytes, every view, every answer as it leaves a front end. At each
/// change of any of these it checks the invariants in REPLICATION.md's table, whose numbers begin its messages.
/// </summary>
internal sealed partial class Ledger(SimWorld world) : IDiskWatch
{
    /// <summary>A digest reads the whole state, so it is not taken at every step.</summary>
    private const int DigestOneIn = 3;

    private readonly Dictionary<EntryPosition, ulong> _digests = [];
    private readonly Dictionary<EntryPosition, Entry> _entries = [];
    private readonly Dictionary<ulong, EntryPosition> _committed = [];
    private readonly Dictionary<(UserId User, Sequence Sequence), ulong> _committedUpdates = [];
    private readonly Dictionary<(UserId User, Sequence Sequence, RequestId Request), List<EntryPosition>> _answeredAt = [];
    private readonly Dictionary<ulong, (string Process, int Start)> _appenders = [];
    private readonly Dictionary<EntryPosition, ulong> _states = [];
    private readonly SortedDictionary<UInt128, DiskImage> _disks = [];
    private readonly SortedDictionary<UInt128, DiskId> _wiped = [];
    private readonly List<(ulong Index, int Product, int Quantity)> _supplies = [];

    /// <summary>Every view that the register has made, by rising epoch.</summary>
    public List<View> Views { get; } = [];

    public View? View => Views.Count > 0 ? Views[^1] : null;

    /// <summary>The last entry whose answer has left a front end.</summary>
    public EntryPosition Released { get; private set; }

    public int ReleasedUpdates { get; private set; }

    /// <summary>
    /// What users asked for: shows how much an owner's entry supplies, since the entry itself has only the stock after it.
    /// </summary>
    public History? History { get; set; }

    /// <summary>The last entry that a replica has been seen to take for committed.</summary>
    public ulong CommittedIndex { get; private set; }

    /// <summary>A new disk is in use.</summary>
    public void Use(DiskImage disk) => _disks[disk.Id.Value] = disk;

    /// <summary>A disk is gone for good.</summary>
    public void Lost(DiskId disk)
    {
        _wiped[disk.Value] = disk;
        _disks.Remove(disk.Value);
    }

    public bool IsWiped(Member member) => _wiped.ContainsKey(member.Disk.Value);

    /// <summary>A primary sends an Append with entries of its own epoch.</summary>
    public void Appends(string process, int start, Epoch epoch)
    {
        (string, int) sender = (process, start);
        if (_appenders.TryAdd(epoch.Value, sender) || _appenders[epoch.Value] == sender)
            return;
        throw new ViolationException($"1: {process} appends in epoch {epoch}, in which another process has appended");
    }

    public void LogSynced(DiskImage disk, LogImage before)
    {
        LogImage after = disk.DurableLog;
        CheckAdoption(before.Adopted, after.Adopted);
        CheckCut(disk, before, after);
        EntryPosition previous = after.Base;
        foreach (LogBatch batch in after.Batches)
        {
            bool isNew = !before.Batches.Contains(batch);
            if (isNew)
                Record(batch, previous);
            previous = batch.LastPosition;
        }

        CheckReleased(disk);
    }

    public void TablesSynced(DiskImage disk)
    {
        TablesImage tables = disk.DurableTables;
        if (tables.At == EntryPosition.Start || disk.DurableLog.IsInstalling || IsOfAnotherLineage(disk.DurableLog.Adopted))
            return;

        ulong hash = 11;
        foreach (ReadOnlyMemory<byte> chunk in tables.Chunks)
        {
            foreach (byte b in chunk.Span)
                hash = (hash ^ b) * 0x100000001B3;
        }

        if (_states.TryAdd(tables.At, hash))
            Books.Check(tables.Chunks, SuppliedUpTo(tables.At.Index));
        else if (_states[tables.At] != hash)
            throw new ViolationException($"7: two replicas hold different tables at {tables.At}");
    }

    /// <summary>The register has made a view: it is on the name server's disk.</summary>
    public void ViewMade(View view, ProposalKind kind)
    {
        bool isForgotten = IsForgottenBy(view, kind);
        if (!isForgotten && View is { } current && ViewRules.WhyIllegal(current, view, kind) is { } why)
            throw new ViolationException($"11: {kind} from {current} to {view}: {why}");
        CheckMembers(view, kind);
        if (view.DataLoss == 0 && view.Members.Count < view.MinReplicas && !IsGrowingFromCopy(view))
            throw new ViolationException($"4: {view} has fewer than {view.MinReplicas} members");
        bool givesUp = isForgotten || (View is { } before && view.DataLoss > before.DataLoss);
        if (View is { } last)
            LineageBegun(last, view, givesUp);
        Views.Add(view);
        if (givesUp)
            GiveUp(_disks[view.Members[0].Disk.Value], view.Lineage);
        foreach (DiskImage disk in _disks.Values)
            CheckReleased(disk);
    }

    /// <summary>A replica takes everything up to here for committed, in the view that it has adopted.</summary>
    public void Commits(string process, DiskImage disk, View view, EntryIndex commit)
    {
        if (commit.Value <= CommittedIndex)
            return;
        bool isInherited = disk.DurableLog.EpochAt(commit) < view.Lineage.Since; // known to be committed before an operator intervened
        if (view.Members.Count < view.MinReplicas && !isInherited)
            throw new ViolationException($"4: {process} commits {commit} in a view of {view.Members.Count} members");

        foreach (EntryPosition position in NewlyCommitted(process, disk, commit))
            Commit(process, view, position);
        CommittedIndex = commit.Value;
    }

    /// <summary>
    /// Back from the entry to the last one that was committed before. Some may be cut from the log already: those that a replica promoted
    /// uncleanly still committed, and checkpointed, before it heard of that.
    /// </summary>
    private Stack<EntryPosition> NewlyCommitted(string process, DiskImage disk, EntryIndex commit)
    {
        var newly = new Stack<EntryPosition>();
        for (EntryIndex index = commit; index.Value > CommittedIndex; index = new EntryIndex(index.Value - 1))
        {
            Epoch? epoch = disk.DurableLog.EpochAt(index) ?? (newly.TryPeek(out EntryPosition next) ? _entries[next].Previous.Epoch : null);
            if (epoch is not { } known || !_entries.ContainsKey(new EntryPosition(index, known)))
                throw new ViolationException($"10: {process} commits {index}, which is not synced on its own disk");
            newly.Push(new EntryPosition(index, known));
        }

        return newly;
    }

    /// <summary>
    /// A replica has taken a step: what it reports must fit what its disk holds, and its state must equal that of others at the same entry.
    /// </summary>
    public void Saw(ReplicaNode replica)
    {
        if (IsOfAnotherLineage(replica.Core!.Adopted))
            return;
        ReplicaContext core = replica.Core.Replica;
        replica.Disk.KnownCommit = EntryIndex.Max(replica.Disk.KnownCommit, core.Log.Commit);
        if (replica.Core.Adopted is { } view)
            Commits(replica.Name, replica.Disk, view, core.Log.Commit);
        if (core.Shop.State is not { } shop || core.Shop.Index == replica.DigestedAt || core.Log.EpochAt(core.Shop.Index) is not { } epoch)
            return;

        replica.DigestedAt = core.Shop.Index;
        if (!world.Chance.OneIn(DigestOneIn))
            return;
        var at = new EntryPosition(core.Shop.Index, epoch);
        ulong digest = shop.Digest();
        if (!_digests.TryAdd(at, digest) && _digests[at] != digest)
            throw new ViolationException($"7: {replica.Name} holds another state at {at} than others did");
    }

    /// <summary>How many of each product, by number, the committed entries up to this one have supplied.</summary>
    public Dictionary<int, int> SuppliedUpTo(EntryIndex index)
    {
        var supplied = new Dictionary<int, int>();
        foreach ((_, int product, int quantity) in _supplies.Where(s => s.Index <= index.Value))
            supplied[product] = supplied.GetValueOrDefault(product) + quantity;
        return supplied;
    }

    private bool IsOnAllMembers(EntryPosition position) =>
        View!.Members.All(m => IsWiped(m) || (_disks.TryGetValue(m.Disk.Value, out DiskImage? disk) && Holds(disk, position)));

    private void Commit(string process, View view, EntryPosition position)
    {
        foreach (Member member in view.Members.Append(view.Joining ?? view.Members[0]))
        {
            if (!IsWiped(member) && (!_disks.TryGetValue(member.Disk.Value, out DiskImage? disk) || !HasHeld(disk, position)))
                throw new ViolationException($"10: {process} commits {position} in {view}, and {member} does not hold it");
        }

        _committed.Add(position.Index.Value, position);
        foreach ((UserId user, Sequence sequence, RequestId request, byte[] answer) in _entries[position].Facts.Answered)
        {
            Supply(position, request, answer);
            if (!_committedUpdates.TryAdd((user, sequence), position.Index.Value))
                throw new ViolationException($"8: entry {position} answers an update that entry {_committedUpdates[(user, sequence)]} has answered");
        }
    }

    private void Supply(EntryPosition position, RequestId request, byte[] answer)
    {
        if (Answer.Read(new ReadOnlySequence<byte>(answer)) is ProductAnswer &&
            History?.Find(request) is { Kind: RequestKind.Restock or RequestKind.AddProduct } operation)
            _supplies.Add((position.Index.Value, _entries[position].Facts.Products.Single(), operation.Product.Stock));
    }

    /// <summary>True also for a replica that a later view has dropped, since it may hold another log by now.</summary>
    private bool HasHeld(DiskImage disk, EntryPosition position) =>
        Holds(disk, position) || (View is { } view && !view.Members.Any(m => m.Disk == disk.Id) && view.Joining?.Disk != disk.Id);

    private static bool Holds(DiskImage disk, EntryPosition position)
    {
        LogImage log = disk.DurableLog;
        return !log.IsInstalling && (position.Index < log.Base.Index ? position.Epoch <= log.Base.Epoch : log.EpochAt(position.Index) == position.Epoch);
    }

    private void CheckReleased(DiskImage disk)
    {
        if (Released == EntryPosition.Start || View is not { } view)
            return;
        foreach (Member member in view.Members)
        {
            if (member.Disk == disk.Id && !Holds(disk, Released))
                throw new ViolationException($"3: entry {Released}, whose answer is released, is not on the disk of {member}, a member in {view}");
        }
    }

    private static void CheckAdoption(View? before, View? after)
    {
        if (before is null || ReferenceEquals(before, after))
            return;
        if (after is null || after.Epoch < before.Epoch)
            throw new ViolationException($"5: a disk goes back from epoch {before.Epoch} to {after?.Epoch}");
        if (after.Epoch == before.Epoch && !after.HasSameContentAs(before))
            throw new ViolationException($"5: two views of epoch {before.Epoch}: {before} and {after}");
    }

    /// <summary>
    /// A member must keep the committed entries that it holds, and any replica must keep what it has known to be committed. A replica that
    /// is not a member may still carry out a cut that an earlier primary asked for.
    /// </summary>
    private void CheckCut(DiskImage disk, LogImage before, LogImage after)
    {
        if (after.IsInstalling || before.IsInstalling)
            return; // CheckReleased checks what a transfer may replace
        bool isMember = View is { } view && view.Members.Any(m => m.Disk == disk.Id);
        foreach (LogBatch batch in before.Batches)
        {
            for (EntryIndex i = batch.First; i <= batch.Last; i = i.Next)
            {
                bool isKnown = isMember || i <= disk.KnownCommit;
                if (isKnown && i > after.Base.Index && after.EpochAt(i) != batch.Epoch && _committed.TryGetValue(i.Value, out EntryPosition committed) && committed.Epoch == batch.Epoch)
                    throw new ViolationException($"6: entry {committed} is cut, and was committed");
            }
        }
    }

    private void Record(LogBatch batch, EntryPosition previous)
    {
        foreach ((EntryIndex index, ReadOnlySequence<byte> content) in LogImage.Entries(batch))
        {
            var position = new EntryPosition(index, batch.Epoch);
            byte[] bytes = content.ToArray();
            if (_entries.TryGetValue(position, out Entry? known))
            {
                if (known.Previous != previous || !bytes.AsSpan().SequenceEqual(known.Bytes))
                    throw new ViolationException($"2: two entries {position}, or two histories before it");
            }
            else
            {
                var entry = new Entry(previous, bytes, EntryFacts.Of(content));
                _entries.Add(position, entry);
                foreach ((UserId user, Sequence sequence, RequestId request, _) in entry.Facts.Answered)
                {
                    if (!_answeredAt.TryGetValue((user, sequence, request), out List<EntryPosition>? positions))
                        _answeredAt.Add((user, sequence, request), positions = []);
                    positions.Add(position);
                }
            }

            previous = position;
        }
    }

    private sealed record Entry(EntryPosition Previous, byte[] Bytes, EntryFacts Facts);
}
