using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Checks;

internal sealed partial class Ledger
{
    public bool HasCommitted(UserId user, Sequence sequence, RequestId request) =>
        _answeredAt.TryGetValue((user, sequence, request), out List<EntryPosition>? positions) &&
        positions.Exists(p => _committed.TryGetValue(p.Index.Value, out EntryPosition committed) && committed == p);

    /// <summary>A final answer to an update leaves a front end.</summary>
    public void Releases(UserId user, Sequence sequence, RequestId request, in ReadOnlySequence<byte> bytes)
    {
        byte[] answer = bytes.ToArray();
        AnswerCode code = Answer.Read(bytes).Code;
        if (!_answeredAt.TryGetValue((user, sequence, request), out List<EntryPosition>? positions) || positions.Count == 0)
        {
            if (code is AnswerCode.InvalidDetails or AnswerCode.InvalidOrder or AnswerCode.EmptyOrder or AnswerCode.Unsupported or AnswerCode.Expired or
                AnswerCode.NotOwner or AnswerCode.InvalidProduct)
                return;
            if (!HasLost)
                throw new ViolationException($"10: {code} is released, and no disk has an entry that says so");
            return; // the entry that said so was given up
        }

        foreach (EntryPosition position in positions)
        {
            if (!_committed.TryGetValue(position.Index.Value, out EntryPosition committed) || committed != position)
                continue;
            bool isSame = _entries[position].Facts.Answered.Any(a => a.Request == request && a.Answer.AsSpan().SequenceEqual(answer));
            if (!isSame)
                throw new ViolationException($"8: {code} is released for {sequence}, where entry {position} says otherwise");
            ReleasedUpdates++;
            if (position.Index > Released.Index)
                Released = position;
            foreach (DiskImage disk in _disks.Values)
                CheckReleased(disk);
            return;
        }

        // Committed means that the ledger has seen it to be committed. A release may come before that, once every required disk has the
        // entry.
        EntryPosition? held = positions.Cast<EntryPosition?>().FirstOrDefault(p => IsOnAllMembers(p!.Value));
        if (held is null && code == AnswerCode.Expired && HasLater(user, sequence))
            return; // no entry says so: the update's own entry was cut, its user forgot it, and a later update of the same user's was done
        if (held is null && View!.DataLoss > 0 && positions.TrueForAll(p => p.Epoch < View.Lineage.Since))
            return; // given up while the answer was under way
        if (held is not { } safe)
            throw new ViolationException($"10: {code} is released for entry {string.Join(", ", positions)}, which is not synced on every member of {View}");
        ReleasedUpdates++;
        if (safe.Index > Released.Index)
            Released = safe;
    }

    /// <summary>Whether an entry that every required disk has holds a later update of that user's.</summary>
    private bool HasLater(UserId user, Sequence sequence) =>
        _answeredAt.Any(a => a.Key.User == user && a.Key.Sequence > sequence && a.Value.Exists(IsOnAllMembers));
}
