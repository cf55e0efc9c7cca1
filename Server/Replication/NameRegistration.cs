using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.Server.Replication;

/// <summary>
/// A replica's dealings with the name server: registers its own name, and asks where another replica listens when it can't be reached.
/// Nothing that serves users waits for it. Owned by the core.
/// </summary>
internal sealed class NameRegistration(ReplicaContext replica, NameServerLink link, IReplicaHost host, Endpoint advertised, BootId replaces)
{
    private BootId _replaces = replaces;
    private bool _hasHeldName;
    private long _nextLookUpMs;
    private GroupHealth _health;
    private bool _wasReached;

    public ConnectionId Connection => link.Connection;

    public bool IsRegistered => link.IsRegistered;

    /// <summary>Registers, or reports that another view was adopted.</summary>
    public void Register(Now now, View? adopted) => link.Register(
        now,
        new Registration(
            NameRules.Replica(replica.Group, replica.Self.Id), advertised, replica.Self.Disk, adopted?.Cluster ?? ClusterId.None,
            adopted?.Epoch ?? Epoch.None,
            [NameRules.BackendMetadata, NameRules.GroupMetadata(replica.Group), NameRules.IdMetadata(replica.Self.Id)], replica.Boot, Timing.LeaseMs),
        link.IsRegistered ? BootId.None : _replaces);

    /// <summary>Takes the name over from a process that was found dead.</summary>
    public void Replace(Now now, BootId dead, View? adopted)
    {
        _replaces = dead;
        Register(now, adopted);
    }

    public void Opened(Now now, in Hello peer) => link.Opened(now, peer);

    public void Closed(Now now)
    {
        if (_wasReached)
            replica.Events.NameServerLost();
        _wasReached = false;
        link.Closed(now);
    }

    public void Tick(Now now, bool isLookingForSomebody)
    {
        link.Tick(now);
        if (!isLookingForSomebody || now.Ms < _nextLookUpMs)
            return;

        _nextLookUpMs = now.Ms + replica.Options.LookupMs;
        link.Send(0, new List("", [NameRules.BackendMetadata, NameRules.GroupMetadata(replica.Group)], AnyMetadata: false));
    }

    /// <summary>True if the endpoints of others may have changed.</summary>
    public bool Received(Now now, in Frame frame)
    {
        link.Heard(now);
        switch (frame.Type)
        {
            case MessageType.Registered:
                Registered(frame.As<Registered>().Health);
                return false;
            case MessageType.NameRefused:
                NameRefused refused = frame.As<NameRefused>();
                if (refused is { Reason: NameRefusal.NameInUse, Holder: { } holder })
                    TurnedAway(holder);
                return false;
            case MessageType.Listed:
                foreach (Registration registration in frame.As<Listed>().Registrations)
                    Learn(registration);
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// If this process held the name and lost it, another process has found it dead, and it must stop. If it never held the name, the
    /// holder may itself be dead: its last renewal, sent before it died, may have arrived after we checked whether anybody holds the name.
    /// </summary>
    private void TurnedAway(Registration holder)
    {
        if (_hasHeldName)
            replica.Events.NameTaken(holder);
        else
            host.AskNameHolder(holder);
    }

    private void Registered(GroupHealth health)
    {
        link.Registered();
        if (!_hasHeldName)
            replica.Events.Registered();
        _hasHeldName = true;
        if (!_wasReached)
            replica.Events.NameServerReached();
        _wasReached = true;
        if (health != _health)
            replica.Events.GroupHealthChanged(health);
        _health = health;
    }

    private void Learn(Registration registration)
    {
        if (NameRules.TryReadId(registration.Metadata) is { } id)
            replica.Endpoints.Learn(new MemberEndpoint(new Member(id, registration.Disk), registration.Endpoint));
    }
}
