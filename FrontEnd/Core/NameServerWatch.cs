using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// A front end's dealings with the name server, except for proposals: keeps its names registered, and asks for the replicas and the view
/// once a second, or at once when there is trouble. Owned by the core.
/// </summary>
internal sealed class NameServerWatch(INetwork network, FrontEndSettings settings, BootId boot, IFrontEndEvents events)
{
    private const int AskMs = 1_000;

    /// <summary>Trouble may show as many events at once; together they lead to one question.</summary>
    private const int AskAgainMs = 100;

    private const ulong ListCorrelation = 2;
    private const ulong ViewCorrelation = 3;
    private const ulong RemoveCorrelation = 4;

    private readonly NameServerLink _link = new(network, settings.NameServers) { OtherRegisterMet = events.OtherRegisterMet };
    private readonly string[] _metadata = [NameRules.FrontEndMetadata, NameRules.GroupMetadata(settings.Group)];
    private bool _holdsSharedName;
    private long _askedMs = -AskMs;

    public ConnectionId Connection => _link.Connection;

    public bool IsOpen => _link.IsOpen;

    /// <summary>It has listed the replicas at least once.</summary>
    public bool HasListed { get; private set; }

    public void RegisterNames(Now now)
    {
        _link.Share(RegistrationOf(NameRules.FrontEnd));
        _link.Register(now, RegistrationOf(NameRules.FrontEndOf(boot)));
    }

    public void RemoveNames()
    {
        _link.Unregister();
        _link.Send(RemoveCorrelation, new Remove(NameRules.FrontEndOf(boot), IsPrefix: false));
        if (_holdsSharedName)
            _link.Send(RemoveCorrelation, new Remove(NameRules.FrontEnd, IsPrefix: false));
    }

    public void Opened(Now now, in Hello peer)
    {
        _link.Opened(now, peer);
        Ask(now);
    }

    public void Closed(Now now) => _link.Closed(now);

    public void Heard(Now now) => _link.Heard(now);

    public void Tick(Now now)
    {
        _link.Tick(now);
        if (now.Ms - _askedMs >= AskMs)
            Ask(now);
    }

    /// <summary>Something is wrong with a replica: look again now.</summary>
    public void AskNow(Now now)
    {
        if (now.Ms - _askedMs >= AskAgainMs)
            Ask(now);
    }

    public void Send<T>(ulong correlation, in T message)
        where T : struct, IMessage<T> => _link.Send(correlation, message);

    /// <summary>A registration was accepted: that of the shared name or that of the own one.</summary>
    public void Registered(ulong correlation)
    {
        if (correlation == NameServerLink.SharedNameCorrelation)
            _holdsSharedName = true;
        else
            _link.Registered();
    }

    public void NameRefused(ulong correlation)
    {
        if (correlation == NameServerLink.SharedNameCorrelation)
            _holdsSharedName = false;
    }

    public void Listed() => HasListed = true;

    private void Ask(Now now)
    {
        if (!_link.IsOpen)
            return;

        _askedMs = now.Ms;
        _link.Send(ListCorrelation, new List("", [NameRules.BackendMetadata, NameRules.GroupMetadata(settings.Group)], AnyMetadata: false));
        _link.Send(ViewCorrelation, new GetView(settings.Group));
    }

    private Registration RegistrationOf(string name) =>
        new(name, settings.Own, DiskId.None, ClusterId.None, Epoch.None, _metadata, boot, Timing.LeaseMs);
}
