using System.Buffers;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.Fakes;

namespace JustHungry.Tests.FrontEnd;

/// <summary>
/// A front end's core with a scripted world round it: a name server that takes every proposal (unless told otherwise) and replicas
/// that answer Status and NewView as their <see cref="FakeReplica"/> says. Requests and barriers are answered by the test alone.
/// </summary>
internal sealed class FrontEndRig
{
    private const string Group = NameRules.DefaultGroup;

    private readonly Dictionary<ConnectionId, FakeReplica> _byConnection = [];
    private readonly FrontEndSettings _settings;
    private UInt128 _lastFreshId = 100;
    private int _answered;
    private int _dialled;
    private ulong _lastRequest;

    public FrontEndRig(int replicas = 3, bool exitsWhenShort = true, int minReplicas = 2)
    {
        _settings = new FrontEndSettings(
            new Endpoint("127.0.0.1", 9090), new Endpoint("127.0.0.1", 8000), Group, minReplicas, Attempts: 3, IntervalMs: 1_000, exitsWhenShort);
        for (int i = 1; i <= replicas; i++)
            Replicas.Add(new FakeReplica(i.ToString(), i));
        Core = new FrontEndCore(Network, _settings, new BootId(1), () => ++_lastFreshId, Events);
    }

    public static ClusterId Cluster { get; } = new(77);

    public FakeNetwork Network { get; } = new();

    public RecordedEvents Events { get; } = new();

    public FrontEndCore Core { get; }

    public List<FakeReplica> Replicas { get; } = [];

    public Now Now { get; private set; } = new(10_000, 0);

    /// <summary>What the name server holds.</summary>
    public View? View { get; set; }

    public GroupHealth Health { get; set; }

    public bool HasNameServer { get; set; } = true;

    public ConnectionId NameServer { get; private set; }

    /// <summary>What the name server makes of a proposal; null: it does not answer.</summary>
    public Func<Propose, Proposed?>? Judge { get; set; }

    public List<Propose> Proposals { get; } = [];

    public FakeReplica this[int number] => Replicas[number - 1];

    /// <summary>A view of this group with these members (numbers); the first one is the primary unless said otherwise.</summary>
    public View ViewOf(ulong epoch, int[] members, int? primary = null, int? joining = null) => new(
        Cluster, Group, new Epoch(epoch), this[primary ?? members[0]].Id, [.. members.Select(m => this[m].Member)],
        joining is { } j ? this[j].Member : null, _settings.MinReplicas, 0);

    /// <summary>A group in this view, its primary leading, and the front end connected to all of it, with its first barrier done.</summary>
    public static FrontEndRig Running(int replicas = 3, int[]? members = null, bool exitsWhenShort = true, int? joining = null)
    {
        var rig = new FrontEndRig(replicas, exitsWhenShort);
        rig.View = rig.ViewOf(5, members ?? [.. Enumerable.Range(1, replicas)], joining: joining);
        foreach (FakeReplica replica in rig.Replicas)
            replica.Adopt(rig.View);
        rig.Advance(100);
        rig.Propagate(rig[1], 0);
        return rig;
    }

    /// <summary>Lets time pass, a tick at a time.</summary>
    public void Advance(int ms)
    {
        for (int passed = 0; passed < ms; passed += Timing.TickMs)
        {
            Now = Now with { Ms = Now.Ms + Timing.TickMs };
            Step(() => Core.Tick(Now));
        }
    }

    /// <summary>The process stands still, or its loop is busy, for so long.</summary>
    /// <param name="heard">Its report waited meanwhile, and is taken before the tick that tells of the pause.</param>
    public void Pause(int ms, FakeReplica? heard = null)
    {
        Now = Now with { Ms = Now.Ms + ms };
        Step(() =>
        {
            if (heard is not null)
                Core.Received(Now, heard.Connection, new Frame(Network.Encode(0, heard.Report)));
            Core.Tick(Now);
        });
    }

    /// <summary>One batch: the event, its end, and whatever the world answers to it.</summary>
    public void Step(Action e)
    {
        e();
        Core.BatchEnded(Now);
        AnswerAll();
    }

    public void Receive<T>(ConnectionId from, ulong correlation, T message)
        where T : struct, IMessage<T> => Step(() => Core.Received(Now, from, new Frame(Network.Encode(correlation, message))));

    /// <summary>Unasked, from a replica.</summary>
    public void Receive<T>(FakeReplica from, T message)
        where T : struct, IMessage<T> => Receive(from.Connection, 0, message);

    /// <summary>The process is killed: its connections are reset, everybody's, and dials are refused.</summary>
    public void Kill(FakeReplica replica)
    {
        replica.IsListening = false;
        if (replica.Leads)
            Replicas.ForEach(r => r.HearsPrimary = false);
        Reset(replica);
    }

    public void Reset(FakeReplica replica)
    {
        ConnectionId connection = replica.Connection;
        replica.Connection = ConnectionId.None;
        _byConnection.Remove(connection);
        Step(() => Core.Closed(Now, connection));
    }

    /// <summary>It runs again, on its disk or an empty one, and leads nothing.</summary>
    public static void Restart(FakeReplica replica, DiskId? disk = null)
    {
        replica.IsListening = true;
        replica.Boot = new BootId(replica.Boot.Value + 100);
        replica.Leads = false;
        if (disk is { } empty)
        {
            replica.Member = new Member(replica.Id, empty);
            (replica.View, replica.Cluster, replica.Last) = (null, ClusterId.None, EntryPosition.Start);
        }
    }

    public void CutNameServer()
    {
        HasNameServer = false;
        ConnectionId connection = NameServer;
        NameServer = ConnectionId.None;
        Step(() => Core.Closed(Now, connection));
    }

    public ConnectionId OpenUser(Role role = Role.User)
    {
        ConnectionId connection = Network.NextConnection();
        Step(() => Core.Opened(Now, connection, new Hello(role, "u", DiskId.None, new BootId(9), ClusterId.None, Group)));
        return connection;
    }

    /// <summary>Returns the correlation under which the user asked.</summary>
    public ulong Ask(ConnectionId user, RequestKind kind = RequestKind.PlaceOrder)
    {
        ulong number = ++_lastRequest;
        Receive(user, number, new Request(RequestNumber(number, kind)));
        return number;
    }

    public static UserRequest RequestNumber(ulong number, RequestKind kind = RequestKind.PlaceOrder) => new(
        new UserId(7), new UserKey(1, 2), new Sequence(number), new RequestId(number), kind, new ReadOnlySequence<byte>([(byte)number, 2, 3]));

    public IEnumerable<SentFrame> SentTo(ConnectionId connection, MessageType type) => Network.Sent.Where(f => f.To == connection && f.Type == type);

    public List<SentFrame> Executes(FakeReplica replica) => [.. SentTo(replica.Connection, MessageType.Execute)];

    public List<SentFrame> Barriers(FakeReplica replica) => [.. SentTo(replica.Connection, MessageType.PropagateBackup)];

    /// <summary>The answer to an Execute, in the epoch in which it was sent unless said otherwise.</summary>
    public void Reply(SentFrame execute, ulong number, byte answer = 42, ulong? epoch = null) => Receive(
        execute.To, execute.Correlation,
        new Executed(epoch is { } e ? new Epoch(e) : execute.As<Execute>().Epoch, new ReplyNumber(number), new ReadOnlySequence<byte>([answer])));

    /// <summary>Answers the oldest barrier that has no answer yet.</summary>
    public void Propagate(FakeReplica replica, ulong number, ulong? epoch = null)
    {
        SentFrame barrier = Barriers(replica)[_propagated.GetValueOrDefault(replica.Connection)];
        _propagated[replica.Connection] = _propagated.GetValueOrDefault(replica.Connection) + 1;
        Receive(barrier.To, barrier.Correlation, new Propagated(epoch is { } e ? new Epoch(e) : barrier.As<PropagateBackup>().Epoch, new ReplyNumber(number)));
    }

    /// <summary>Answers every barrier that has no answer yet.</summary>
    public void PropagateAll(FakeReplica replica, ulong number)
    {
        while (_propagated.GetValueOrDefault(replica.Connection) < Barriers(replica).Count)
            Propagate(replica, number);
    }

    /// <summary>The answers that a user was given, by the correlation of the request; each as its first byte.</summary>
    public List<(ulong Request, byte Answer)> RepliesTo(ConnectionId user) =>
        [.. SentTo(user, MessageType.Reply).Select(f => (f.Correlation, f.As<Reply>().Answer.FirstSpan[0]))];

    public List<RefusalAnswer> RefusalsTo(ConnectionId user) =>
        [.. SentTo(user, MessageType.Reply).Where(f => f.As<Reply>().Answer.Length > 1).Select(f => (RefusalAnswer)Answer.Read(f.As<Reply>().Answer))];

    private readonly Dictionary<ConnectionId, int> _propagated = [];

    private void AnswerAll()
    {
        while (_answered < Network.Sent.Count || _dialled < Network.Dialled.Count)
        {
            if (_dialled < Network.Dialled.Count)
                AnswerDial(Network.Dialled[_dialled++]);
            else
                AnswerFrame(Network.Sent[_answered++]);
            Core.BatchEnded(Now);
        }
    }

    private void AnswerDial((ConnectionId Connection, Endpoint Endpoint) dial)
    {
        if (dial.Endpoint == _settings.NameServers.First && HasNameServer)
        {
            NameServer = dial.Connection;
            Core.Opened(Now, dial.Connection, new Hello(Role.NameServer, "ns", DiskId.None, new BootId(5), ClusterId.None, ""));
        }
        else if (Replicas.Find(r => r.Endpoint == dial.Endpoint) is { IsListening: true } replica)
        {
            replica.Connection = dial.Connection;
            _byConnection[dial.Connection] = replica;
            Core.Opened(Now, dial.Connection, new Hello(Role.Replica, replica.Id.Value, replica.Member.Disk, replica.Boot, replica.Cluster, Group));
        }
        else
        {
            Core.Closed(Now, dial.Connection);
        }
    }

    private void AnswerFrame(SentFrame frame)
    {
        if (frame.To == NameServer)
            AnswerAsNameServer(frame);
        else if (_byConnection.TryGetValue(frame.To, out FakeReplica? replica) && replica.Answers && replica.Connection == frame.To)
            AnswerAsReplica(replica, frame);
    }

    private void AnswerAsNameServer(SentFrame frame)
    {
        switch (frame.Type)
        {
            case MessageType.Register:
                Deliver(frame, new Registered(Health));
                break;
            case MessageType.List:
                Deliver(frame, new Listed([.. Replicas.Where(r => r.IsRegistered).Select(RegistrationOf)]));
                break;
            case MessageType.GetView:
                Deliver(frame, new ViewIs(View, Health));
                break;
            case MessageType.Propose:
                Propose propose = frame.As<Propose>();
                Proposals.Add(propose);
                Proposed? answer = Judge is null ? Accept(propose) : Judge(propose);
                if (answer is { } given)
                    Deliver(frame, given);
                break;
        }
    }

    public Proposed Accept(Propose propose)
    {
        View = propose.View;
        return new Proposed(ProposalOutcome.Accepted, View);
    }

    private void AnswerAsReplica(FakeReplica replica, SentFrame frame)
    {
        switch (frame.Type)
        {
            case MessageType.Status:
                Deliver(frame, replica.Report);
                break;
            case MessageType.NewView when replica.Adopts:
                replica.Adopt(frame.As<NewView>().View);
                Deliver(frame, new ViewAdopted(replica.View!.Epoch));
                break;
        }
    }

    private void Deliver<T>(SentFrame question, T answer)
        where T : struct, IMessage<T> => Core.Received(Now, question.To, new Frame(Network.Encode(question.Correlation, answer)));

    private static Registration RegistrationOf(FakeReplica replica) => new(
        NameRules.Replica(Group, replica.Id), replica.Endpoint, replica.Member.Disk, replica.Cluster, replica.View?.Epoch ?? Epoch.None,
        [NameRules.BackendMetadata, NameRules.GroupMetadata(Group), NameRules.IdMetadata(replica.Id)], replica.Boot, 10_000);
}
