using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Replication;

/// <summary>
/// The state transfers to this replica, each an <see cref="Installing"/>. From the beginning of the first until one of them ends, however
/// many are broken off in between, the replica has no log. Owned by the core.
/// </summary>
internal sealed class Installations(ReplicaContext replica)
{
    private Installing? _installing;

    /// <summary>
    /// Refuses a transfer to a position that the log or checkpoint already holds: installing it could undo what has been acked since.
    /// </summary>
    public void Begin(ConnectionId from, in TransferBegin begin, Following following)
    {
        if (begin.At.Epoch > begin.Epoch)
            throw new ProtocolViolationException($"a transfer of entry {begin.At} in epoch {begin.Epoch}");

        if (_installing is { } installing && installing.IsOf(begin) && !following.IsMember)
        {
            Rare.Reached(RareBranch.InstallResumed);
            installing.Resume(from);
            return;
        }

        bool holds = !replica.Log.IsDropped && (replica.Log.Holds(begin.At) || begin.At.Index <= replica.Log.Checkpoint.Index);
        if (holds || following.IsMember || _installing is { IsEnding: true } or { IsDiskBusy: true })
        {
            Rare.Reached(RareBranch.TransferRefused);
            replica.Network.Send(from, 0, new TransferRefused(begin.Epoch, begin.Transfer));
            return;
        }

        _installing = new Installing(begin.Epoch, replica);
        _installing.Begin(from, begin);
        replica.Shop.Drop();
        replica.Log.Drop();
        following.LogDropped();
    }

    public void Rows(ConnectionId from, in TransferRows rows) => _installing?.Rows(from, rows);

    public void End(ConnectionId from, in TransferEnd end) => _installing?.End(from, end);

    public void Stored(TransferId transfer, int nextChunk)
    {
        if (_installing is { } installing && installing.Id == transfer)
            installing.Stored(nextChunk);
    }

    /// <summary>
    /// An Append to a replica without a log. Only one that begins at the start of every log meets it: the transfer's heartbeat.
    /// </summary>
    public void Append(Now now, ConnectionId from, in Append append)
    {
        if (append.Count == 0 && append.Previous == EntryPosition.Start)
            replica.Network.Send(from, 0, new Appended(append.Epoch, append.Round, EntryIndex.None, now.UtcMs));
        else
            replica.Network.Send(from, 0, new Mismatch(append.Epoch, append.Previous.Index, EntryIndex.None.Next, EntryIndex.None));
    }

    public void Closed(ConnectionId connection) => _installing?.Closed(connection);

    /// <summary>The epoch of the running transfer is over.</summary>
    public void Abandon() => _installing?.Abandon();

    /// <summary>Advances an installation as far as the disk allows.</summary>
    public void BatchEnded(bool isCheckpointing)
    {
        if (_installing is not { } installing)
            return;

        if (installing.IsAbandoned)
        {
            BreakOff(installing);
        }
        else if (installing.IsPaused && replica.Log.IsAllDurable)
        {
            replica.Log.HoldWrites();
            installing.GoOn();
        }
        else if (!installing.IsBegun && replica.Log.IsAllDurable && !isCheckpointing && !replica.Shop.IsReloading)
        {
            replica.Log.HoldWrites();
            installing.EmptyDisk();
        }
    }

    /// <summary>The tables are half a shop: there is no log until this transfer has been resumed and ended, or another one has.</summary>
    private void BreakOff(Installing installing)
    {
        if (installing.IsDiskBusy || installing.IsPaused)
            return;

        if (installing.IsBegun)
        {
            Rare.Reached(RareBranch.InstallPaused);
            installing.Pause();
        }
        else
        {
            _installing = null;
        }

        replica.Log.ReleaseWrites();
        replica.Log.BeginWrite();
    }

    /// <summary>
    /// A state was loaded; if a transfer brought it, the log goes on from there. False: it was read before a transfer emptied the tables, and
    /// is of no use.
    /// </summary>
    public bool Loaded(ShopState shop, EntryPosition at, Following? following)
    {
        if (replica.Log.IsDropped && _installing is not { IsEnding: true })
        {
            replica.Shop.ReloadEnded();
            return false;
        }

        replica.Shop.Loaded(shop, at.Index);
        if (_installing is { IsEnding: true } installed)
            Installed(installed, at, following!);
        return true;
    }

    private void Installed(Installing installed, EntryPosition at, Following following)
    {
        _installing = null;
        replica.Log.RestartAt(at);
        installed.SayInstalled();
        if (installed.Epoch == following.Epoch)
            following.Installed(at.Index);
        replica.Events.InstallEnded(at);
    }
}
