using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Cores;

/// <summary>
/// A core's connection to a name server: kept open, dialled again when it breaks, with the process's name registered and renewed
/// on it. Of several name servers it keeps to one while that answers (<see cref="NameServerTurns"/>). Part of a core and owned by it: the core
/// hands it the events of <see cref="Connection"/> and each Tick.
/// </summary>
public sealed class NameServerLink(INetwork network, NameServerList nameServers)
{
    /// <summary>The correlation of registrations of the shared name, which tells their answers from those for the own name.</summary>
    public const ulong SharedNameCorrelation = 1;

    private readonly NameServerTurns _turns = new(nameServers);
    private Registration? _registration;
    private Registration? _shared;
    private BootId _replaces;
    private long _nextDialMs;
    private long _nextRenewalMs;
    private long? _askedMs;

    /// <summary>The one in use, or dialled next.</summary>
    public Endpoint NameServer => _turns.Current;

    /// <summary>The connection in use, being dialled or open; None between two attempts.</summary>
    public ConnectionId Connection { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>Whether the name server holds this process's registration, according to its last answer.</summary>
    public bool IsRegistered { get; private set; }

    /// <summary>Told once of a name server of the list that stands in front of another register than the one in use: it is not asked.</summary>
    public Action<OtherRegister>? OtherRegisterMet { get; init; }

    /// <summary>What to register from now on. Sent at once if the connection is open.</summary>
    /// <param name="replaces">The process that held the name and was found dead; none otherwise.</param>
    public void Register(Now now, Registration registration, BootId replaces = default)
    {
        _registration = registration;
        _replaces = replaces;
        _nextRenewalMs = now.Ms;
        RenewIfDue(now);
    }

    /// <summary>
    /// A second name, which belongs to the first process that asks for it. It is asked for with each renewal, so that another process
    /// takes it over when it becomes free. Answered by Registered or NameRefused under <see cref="SharedNameCorrelation"/>.
    /// </summary>
    public void Share(Registration registration) => _shared = registration;

    /// <summary>Renews nothing from now on. A process that stops removes its names itself.</summary>
    public void Unregister()
    {
        _registration = null;
        _shared = null;
    }

    public void Send<T>(ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        if (IsOpen)
            network.Send(Connection, correlation, message);
    }

    /// <summary>
    /// Connected. Whoever listens there but is no name server is left, and dialled again later; so is one with another register, since names
    /// and views that were found here are not there.
    /// </summary>
    public void Opened(Now now, in Hello peer)
    {
        OtherRegister? news = null;
        if (peer.Role != Role.NameServer || _turns.IsOther(peer.Disk, out news))
        {
            network.Close(Connection);
            Closed(now);
            if (news is not null)
                OtherRegisterMet?.Invoke(news);
            return;
        }

        _turns.Opened(now);
        IsOpen = true;
        _askedMs = null;
        _nextRenewalMs = now.Ms;
        RenewIfDue(now);
    }

    public void Closed(Now now)
    {
        Connection = ConnectionId.None;
        IsOpen = false;
        IsRegistered = false;
        _nextDialMs = now.Ms + _turns.Next();
    }

    /// <summary>Something came: it is alive.</summary>
    public void Heard(Now now) => _turns.Heard(now);

    /// <summary>The answer to a registration or renewal.</summary>
    public void Registered()
    {
        _askedMs = null;
        IsRegistered = true;
        _replaces = BootId.None;
    }

    public void Tick(Now now)
    {
        if (Connection == ConnectionId.None && now.Ms >= _nextDialMs)
        {
            Connection = network.Dial(NameServer);
            _turns.Dialled(now);
        }

        bool isSilent = Connection != ConnectionId.None && _turns.IsSilent(now);
        if (isSilent || (_askedMs is { } asked && now.Ms - asked > _turns.AnswerMs))
        {
            network.Close(Connection);
            Closed(now);
            _askedMs = null;
        }

        if (IsOpen && _turns.MustAsk(now))
            network.Send(Connection, 0, default(Ping));
        RenewIfDue(now);
    }

    private void RenewIfDue(Now now)
    {
        if (!IsOpen || _registration is null || now.Ms < _nextRenewalMs)
            return;

        network.Send(Connection, 0, new Register(_registration, _replaces, Always: false));
        if (_shared is not null)
            network.Send(Connection, SharedNameCorrelation, new Register(_shared, BootId.None, Always: false));
        _nextRenewalMs = now.Ms + Timing.RenewalMs;
        _askedMs ??= now.Ms;
    }
}
