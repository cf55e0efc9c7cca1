using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// The views of a replica, and its role in the current one: it leads (<see cref="Leading"/>) or follows (<see cref="Following"/>). A view
/// is staged when the replica hears of it, and adopted when it is on disk. Once it is staged, nothing more is done in an older epoch; until
/// it is adopted, nothing that others can see is done in the new one. Owned by the core.
/// </summary>
internal sealed class Adoption
{
    private readonly ReplicaContext _replica;
    private readonly Installations _installations;
    private readonly PeerReach _reach;
    private readonly NameRegistration _names;
    private readonly Func<Now, View, Leading> _lead;
    private readonly List<AwaitedAdoption> _awaited = [];
    private readonly OwnPauses _pauses = new();
    private View? _adoptWhenLoaded;
    private View? _fork;

    /// <param name="lead">Starts leading in the view that has just been adopted.</param>
    public Adoption(
        View? recovered, ReplicaContext replica, Installations installations, PeerReach reach, NameRegistration names, Func<Now, View, Leading> lead)
    {
        _replica = replica;
        _installations = installations;
        _reach = reach;
        _names = names;
        _lead = lead;
        Adopted = Staged = recovered;
        Following = recovered is null ? null : new Following(recovered, replica) { IsAdopted = true };
    }

    private readonly record struct AwaitedAdoption(ConnectionId From, ulong Correlation, Epoch Epoch);

    /// <summary>The latest view this replica has heard of; null before the first.</summary>
    public View? Staged { get; private set; }

    /// <summary>The latest view on disk.</summary>
    public View? Adopted { get; private set; }

    /// <summary>The following side of the staged view. A primary has one too, but accepts nobody's stream through it.</summary>
    public Following? Following { get; private set; }

    /// <summary>Null unless this replica leads in the staged view.</summary>
    public Leading? Leading { get; private set; }

    /// <summary>The data directory was set aside: this replica does nothing more.</summary>
    public bool IsSetAside { get; private set; }

    /// <summary>Registers with the name server, and connects to the other members.</summary>
    public void Start(Now now)
    {
        _names.Register(now, Adopted);
        if (Adopted is { } view)
            _reach.SetMembers(MembersToReach(view, leads: false));
    }

    /// <summary>Doesn't hold it against others that nothing was heard from them while this process was not listening.</summary>
    public void Tick(Now now)
    {
        if (_pauses.LostMs(now) is not (> 0 and long lostMs))
            return;

        Leading?.Followers.Forgive(now, lostMs);
        Following?.Forgive(now, lostMs);
        _reach.Forgive(now, lostMs);
    }

    public void NewView(Now now, ConnectionId from, in Hello peer, ulong correlation, in NewView message)
    {
        View view = message.View;
        if (view.Group != _replica.Group || (Staged is { } known && known.Cluster != view.Cluster))
        {
            _replica.Network.Send(from, correlation, new Refused(Refusal.OtherCluster, null));
            return;
        }

        bool isKnown = peer.Role != Role.Replica || IsRequired(peer);
        if (isKnown)
            Learn(now, message.Endpoints);

        if (Staged is { } staged && view.Epoch <= staged.Epoch && !view.HasSameContentAs(staged))
        {
            if (view.Epoch == staged.Epoch)
                _replica.Events.ConflictingView(staged, view);
            _replica.Network.Send(from, correlation, new Refused(Refusal.OldEpoch, staged));
            return;
        }

        if (!isKnown)
        {
            Rare.Reached(RareBranch.ViewOfStranger);
            _replica.Network.Send(from, correlation, new Refused(Refusal.NeedView, null));
            return;
        }

        if (IsFork(view))
        {
            if (_fork?.HasSameContentAs(view) != true)
                _replica.Events.ConflictingView(Staged!, view);
            Rare.Reached(RareBranch.Fork);
            _fork = view;
            _replica.Network.Send(from, correlation, new Refused(Refusal.OtherCluster, null));
            return;
        }

        if (view.Epoch > (Staged?.Epoch ?? Epoch.None))
            Stage(view);
        if (IsSetAside)
            return;

        if (Following!.IsFromPrimary(peer))
            Following.Heard(now, from);
        if (Adopted is { } adopted && adopted.Epoch >= view.Epoch)
            _replica.Network.Send(from, correlation, new ViewAdopted(adopted.Epoch));
        else
            Await(new AwaitedAdoption(from, correlation, view.Epoch));
    }

    /// <summary>Ends all work of older epochs at once, and queues the view for the disk.</summary>
    public void Stage(View view)
    {
        bool mustSetAside = MustSetAside(view);
        Leading?.StepDown(view);
        Leading = null;
        if (mustSetAside)
        {
            Rare.Reached(RareBranch.SetAside);
            IsSetAside = true;
            _replica.Events.MustSetAside(view, _replica.Log.Last);
            _replica.Disk.SetAside();
            return;
        }

        Staged = view;
        if (Following is { AwaitsWrite: true })
            Rare.Reached(RareBranch.AckForgotten);
        Following = new Following(view, _replica);
        _installations.Abandon();
        _adoptWhenLoaded = null;
        _reach.SetMembers(MembersToReach(view, leads: view.IsPrimary(_replica.Self)));

        // Leading begins with the adoption and needs the state, so wait for it. A front end that finds this too slow promotes another
        // replica.
        if (view.IsPrimary(_replica.Self) && !_replica.Shop.IsLoaded)
        {
            Rare.Reached(RareBranch.LeadsOnceLoaded);
            _adoptWhenLoaded = view;
        }
        else
        {
            _replica.Log.Adopt(view);
        }

        // What a primary applied beyond commit may now be cut. One that stays primary keeps it: it has applied its whole log anyway.
        if (!view.IsPrimary(_replica.Self) && _replica.Shop.IsLoaded && _replica.Shop.Index > _replica.Log.Commit)
            _replica.Shop.Reload();
    }

    /// <summary>The state has been loaded: a view that waited for it is queued for the disk.</summary>
    public void StateLoaded()
    {
        if (_adoptWhenLoaded is { } view)
            _replica.Log.Adopt(view);
        _adoptWhenLoaded = null;
    }

    public void ViewIsDurable(Now now, View view)
    {
        Invariant.Check(Adopted is null || view.Epoch > Adopted.Epoch, $"epoch {view.Epoch} adopted after {Adopted?.Epoch}");
        Adopted = view;
        _replica.Events.Adopted(view, RoleIn(view));
        _names.Register(now, view);
        foreach (AwaitedAdoption awaited in _awaited.Where(a => a.Epoch <= view.Epoch))
            _replica.Network.Send(awaited.From, awaited.Correlation, new ViewAdopted(view.Epoch));
        _awaited.RemoveAll(a => a.Epoch <= view.Epoch);
        if (view.Epoch != Staged!.Epoch)
            return;

        // Leading begins only here, in the step whose fsync adopts the epoch.
        Following!.IsAdopted = true;
        if (view.IsPrimary(_replica.Self))
            Leading = _lead(now, view);
    }

    /// <summary>Why this replica does not execute in an epoch; null if it does.</summary>
    public Refused? WhyNotLeading(Epoch epoch) => WhyNotIn(epoch) ?? (Leading is null ? new Refused(Refusal.NotLeading, null) : null);

    /// <summary>Why a peer is not accepted as the primary of an epoch; null if it is.</summary>
    public Refused? WhyNotFromPrimary(in Hello peer, Epoch epoch) =>
        WhyNotIn(epoch) ?? (Following!.IsFromPrimary(peer) ? null : new Refused(Refusal.NotPrimary, Staged));

    public StatusReport Report(Now now)
    {
        bool isLeading = Leading is not null && Leading.Epoch == Adopted?.Epoch;
        return new StatusReport(
            _replica.Self, _replica.Boot, Adopted?.Cluster ?? ClusterId.None, Adopted is null ? ReplicaRole.Spare : RoleIn(Adopted), Adopted,
            _replica.Log.Durable, EntryIndex.Min(_replica.Log.Commit, _replica.Log.Durable.Index), isLeading, isLeading || (Following?.HearsPrimary(now) ?? false),
            Leading?.Reaches(now) ?? _reach.Count(now), Leading?.Spares(now) ?? [], now.UtcMs);
    }

    /// <summary>
    /// Whether a replica may tell of a later view: only one that counts in the view that this replica knows. From any other it would be
    /// hearsay, with which a replica that was never admitted could name itself; the front ends have the view from the register.
    /// </summary>
    private bool IsRequired(in Hello peer) => peer.Replica is { } replica && Staged?.IsRequired(replica) == true;

    private void Learn(Now now, IReadOnlyList<MemberEndpoint> endpoints)
    {
        foreach (MemberEndpoint endpoint in endpoints)
            _replica.Endpoints.Learn(endpoint);
        Leading?.Followers.EndpointsChanged(now);
    }

    private Refused? WhyNotIn(Epoch epoch) =>
        Staged is null || epoch > Staged.Epoch ? new Refused(Refusal.NeedView, null)
        : epoch < Staged.Epoch ? new Refused(Refusal.OldEpoch, Staged)
        : null;

    /// <summary>Keeps one per connection: a peer that asks again no longer waits for its earlier request.</summary>
    private void Await(AwaitedAdoption awaited)
    {
        _awaited.RemoveAll(a => a.From == awaited.From);
        _awaited.Add(awaited);
    }

    /// <summary>
    /// In another lineage the same (index, epoch) may stand for a different entry, even for one that this replica has committed. So a
    /// replica that the new lineage's view does not require sets its directory aside and starts again from an empty one.
    /// </summary>
    private bool MustSetAside(View view) => Staged is { } staged && !staged.LeadsTo(view, _replica.Self) && HoldsAnything;

    /// <summary>
    /// Whoever began that lineage did not know of the view that this replica is in, and so did not decide to give up what it holds: this
    /// may be the only good copy. An operator has to say which history goes on, by a repair, whose lineage begins after both.
    /// </summary>
    private bool IsFork(View view) => Staged is { } staged && !staged.IsBefore(view) && HoldsAnything;

    private bool HoldsAnything =>
        _replica.Log.Last != EntryPosition.Start || _replica.Log.Checkpoint != EntryPosition.Start || _replica.Log.IsDropped;

    /// <summary>A primary learns this from its followers, and nobody asks a spare.</summary>
    private IReadOnlyList<Member> MembersToReach(View view, bool leads) => view.IsMember(_replica.Self) && !leads ? view.Members : [];

    private ReplicaRole RoleIn(View view) =>
        view.IsPrimary(_replica.Self) ? ReplicaRole.Primary
        : view.IsMember(_replica.Self) ? ReplicaRole.Backup
        : view.Joining == _replica.Self ? ReplicaRole.Joining
        : ReplicaRole.Spare;
}
