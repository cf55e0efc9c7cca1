using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// The replicas of the group in the name server's order, each with a connection that is kept open and has Status as its heartbeat. A
/// replica counts as answering while its last frame is at most <see cref="Timing.SilenceMs"/> old. Owned by the core.
/// </summary>
internal sealed class ReplicaDirectory(INetwork network, ViewInForce inForce, IFrontEndEvents events)
{
    /// <summary>
    /// A connection that lasted this long is dialled again at once: its link was reset. One that did not may lead to a stranger that
    /// hangs up each time.
    /// </summary>
    private const int LastedMs = 1_000;

    private readonly List<LocatedReplica> _replicas = [];
    private LocatedReplica? _lastFound;

    public IReadOnlyList<LocatedReplica> Replicas => _replicas;

    /// <summary>The replica that is the primary of the view in force, found by id and disk; null while it is not located.</summary>
    public LocatedReplica? Primary => inForce.View is { } view && Find(view.Primary) is { } replica && view.IsPrimary(replica.Member) ? replica : null;

    /// <summary>
    /// Which member is the primary. While the view lists its id twice, with its old disk and its new one, it is the one that is located.
    /// </summary>
    public Member? PrimaryMember => Primary?.Member ?? inForce.Primary;

    public LocatedReplica? Find(ReplicaId id) => _replicas.Find(r => r.Id == id);

    /// <summary>The replica that is this member now: same id, same disk.</summary>
    public LocatedReplica? Find(Member member) => Find(member.Id) is { } replica && replica.Member == member ? replica : null;

    public LocatedReplica? Find(ConnectionId connection)
    {
        if (_lastFound is null || _lastFound.Connection != connection)
            _lastFound = connection == ConnectionId.None ? null : _replicas.Find(r => r.Connection == connection);
        return _lastFound;
    }

    public static bool IsAnswering(Now now, LocatedReplica replica) =>
        replica is { IsOpen: true, Report: not null } && replica.Heard.SilentMs(now) <= Timing.SilenceMs;

    /// <summary>The replica that is this member, if it answers.</summary>
    public LocatedReplica? FindAnswering(Now now, Member member) =>
        Find(member) is { } replica && IsAnswering(now, replica) && replica.Fits(inForce.Cluster) ? replica : null;

    /// <summary>How many replicas of the group answer, spares included.</summary>
    public int CountAnswering(Now now)
    {
        int count = 0;
        foreach (LocatedReplica replica in _replicas)
            count += IsAnswering(now, replica) && replica.Fits(inForce.Cluster) ? 1 : 0;
        return count;
    }

    public MemberEndpoint[] Endpoints() =>
        [.. _replicas.Where(r => r.Fits(inForce.Cluster)).Take(View.MembersMax).Select(r => new MemberEndpoint(r.Member, r.Endpoint))];

    /// <summary>Takes over the name server's list. A replica that is no longer listed stays while its connection lasts.</summary>
    public void Listed(Now now, IReadOnlyList<Registration> registrations)
    {
        foreach (LocatedReplica replica in _replicas)
            replica.IsListed = false;

        int order = 0;
        foreach (Registration registration in registrations)
        {
            if (NameRules.TryReadId(registration.Metadata) is { } id)
                Listed(now, id, registration, order++);
        }

        _replicas.RemoveAll(r => !r.IsListed && !r.IsOpen && r.Connection == ConnectionId.None);
        _replicas.Sort((a, b) => a.QueueOrder != b.QueueOrder ? a.QueueOrder.CompareTo(b.QueueOrder) : string.CompareOrdinal(a.Id.Value, b.Id.Value));
    }

    public bool Opened(Now now, ConnectionId connection, in Hello peer, string group)
    {
        if (Find(connection) is not { } replica)
            return false;

        if (peer.Role != Role.Replica || peer.Id != replica.Id.Value || peer.Group != group)
        {
            network.Close(connection); // somebody else listens there now
            replica.Redial.Failed(now);
            Disconnected(replica);
            return true;
        }

        replica.IsOpen = true;
        replica.OpenedMs = now.Ms;
        replica.Boot = peer.Boot;
        replica.Heard = new LastHeard(now);
        events.ReplicaFound(replica.Id, replica.Endpoint);
        Ask(now, replica);
        return true;
    }

    /// <summary>The replica whose connection this was; null if it was no replica's.</summary>
    public LocatedReplica? Closed(Now now, ConnectionId connection)
    {
        if (Find(connection) is not { } replica)
            return null;

        if (replica.IsOpen)
            events.ReplicaLost(replica.Id, replica.Endpoint);
        if (replica.IsOpen && now.Ms - replica.OpenedMs >= LastedMs)
            replica.Redial.Lasted(now);
        else
            replica.Redial.Failed(now);
        Disconnected(replica);
        return replica;
    }

    public void Tick(Now now)
    {
        foreach (LocatedReplica replica in _replicas)
        {
            if (replica.IsOpen && replica.Heard.SilentMs(now) > Timing.LostMs)
            {
                network.Close(replica.Connection);
                events.ReplicaLost(replica.Id, replica.Endpoint);
                replica.Redial.Lasted(now);
                Disconnected(replica);
            }

            if (replica.Connection == ConnectionId.None && replica.Redial.IsDue(now))
                Dial(now, replica);
            else if (replica.IsOpen && now.Ms >= replica.NextStatusMs)
                Ask(now, replica);
        }
    }

    /// <summary>Asks every replica how it stands, without waiting for the next heartbeat.</summary>
    public void AskAll(Now now)
    {
        foreach (LocatedReplica replica in _replicas)
        {
            if (replica.IsOpen)
                Ask(now, replica);
        }
    }

    /// <summary>This process did not listen for this long, so that part of the others' silence does not count.</summary>
    public void Forgive(Now now, long lostMs)
    {
        foreach (LocatedReplica replica in _replicas)
            replica.Heard = replica.Heard.Forgive(now, lostMs);
    }

    private void Listed(Now now, ReplicaId id, Registration registration, int order)
    {
        LocatedReplica? replica = Find(id);
        if (replica is null)
            _replicas.Add(replica = new LocatedReplica(id, registration));

        bool hasMoved = replica.Endpoint != registration.Endpoint || replica.Registration.Boot != registration.Boot;
        replica.Registration = registration;
        replica.QueueOrder = order;
        replica.IsListed = true;
        if (hasMoved)
            replica.Redial.HasNews();
        if (hasMoved && replica.Connection != ConnectionId.None && replica.Boot != registration.Boot)
        {
            network.Close(replica.Connection);
            Disconnected(replica);
        }
    }

    private void Dial(Now now, LocatedReplica replica)
    {
        replica.Redial.Dialled(now);
        replica.Connection = network.Dial(replica.Endpoint);
    }

    private void Ask(Now now, LocatedReplica replica)
    {
        replica.NextStatusMs = now.Ms + Timing.HeartbeatMs;
        network.Send(replica.Connection, Correlations.Of(Question.Status, (ulong)now.Ms), default(Status));
    }

    private void Disconnected(LocatedReplica replica)
    {
        replica.Disconnected();
        _lastFound = null;
    }
}
