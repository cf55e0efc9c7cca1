using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>
/// A whole small cluster in one state. Lists the moves that may happen next, makes one of them, and computes a digest of everything that
/// the future depends on. It begins in epoch 2 with the shop open, all replicas level and the front ends connected.
/// </summary>
internal sealed partial class SmallWorld
{
    private const int MinReplicas = 2;

    private const int LedgerBit = 1 << 20;
    private const int UsersBit = 1 << 21;
    private const int RegisterBit = 1 << 22;
    private const int CrashBit = 1 << 23;
    private const int Everything = -1;

    public static readonly Endpoint NameServer = new("127.0.0.1", 999);

    private readonly Scope _scope;
    private readonly Ledger _ledger = new(new SimWorld(1, keepLines: false));
    private readonly List<SmallProcess> _processes = [];
    private readonly List<SmallReplica> _replicas = [];
    private readonly List<SmallFrontEnd> _frontEnds = [];
    private readonly Teller _teller;
    private readonly SmallUsers _users;
    private readonly List<(SmallProcess Owner, ConnectionId Id, int Target)> _dialled = [];
    private readonly HashSet<(int View, int Replica)> _told = [];
    private int _viewsLeft;
    private int _crashesLeft;

    public SmallWorld(Scope scope)
    {
        _scope = scope;
        _users = new SmallUsers(scope, _ledger);
        for (int i = 0; i < scope.Members + scope.Spares; i++)
        {
            var replica = new SmallReplica(this, i, new DiskId((UInt128)i + 1), _ledger);
            _ledger.Use(replica.Disk);
            _replicas.Add(replica);
        }

        for (int i = 0; i < scope.FrontEnds; i++)
            _frontEnds.Add(new SmallFrontEnd(this, _replicas.Count + i, _users.Count));
        _processes = [.. _replicas, .. _frontEnds];
        _teller = new Teller(this, _processes.Count);
        Open();
        _viewsLeft = scope.Views;
        _crashesLeft = scope.Crashes;
    }

    public IReadOnlyList<MemberEndpoint> Endpoints => [.. _replicas.Select(r => new MemberEndpoint(r.Member, r.Endpoint))];

    private View View => _ledger.View!;

    public List<Move> Moves()
    {
        List<Move> moves = [];
        AddSteps(moves);
        for (int v = 2; v < _ledger.Views.Count; v++)
        {
            foreach (SmallReplica replica in _replicas.Where(r => MayTell(v, r)))
                moves.Add(new Move(MoveKind.Tell, v, replica.Number));
        }

        for (int f = 0; f < _frontEnds.Count; f++)
        {
            foreach (SmallReplica leader in _replicas.Where(r => LeaderFor(_frontEnds[f], r)))
                moves.Add(new Move(MoveKind.Learn, f, leader.Number));
        }

        for (int user = 0; user < _users.Count; user++)
        {
            for (int f = 0; f < _frontEnds.Count; f++)
            {
                if (_users.MayAsk(user, _frontEnds[f].Number))
                    moves.Add(new Move(MoveKind.Ask, user, f));
            }
        }

        for (int next = _viewsLeft > 0 ? NextViews.Of(View, _replicas).Count : 0; next > 0; next--)
            moves.Add(new Move(MoveKind.Make, next - 1, 0));
        foreach (SmallReplica replica in _replicas)
        {
            if (!replica.IsUp)
                moves.Add(new Move(MoveKind.Start, replica.Number, 0));
            else if (_crashesLeft > 0)
                moves.AddRange([new Move(MoveKind.Kill, replica.Number, 0), new Move(MoveKind.LosePower, replica.Number, 0)]);
        }

        return moves;
    }

    public void Do(Move move)
    {
        switch (move.Kind)
        {
            case MoveKind.Deliver:
                _processes[move.Which].Deliver(_processes[move.Which].At(move.What)!);
                break;
            case MoveKind.Sync:
                _replicas[move.Which].Sync();
                break;
            case MoveKind.Load:
                _replicas[move.Which].Loaded();
                break;
            case MoveKind.Beat:
                _replicas[move.Which].Beat();
                break;
            case MoveKind.Tell:
                Tell(move.Which, _replicas[move.What]);
                break;
            case MoveKind.Learn:
                _frontEnds[move.Which].Learn(_replicas[move.What], _replicas[move.What].Core!.Views.Leading!.Epoch);
                break;
            case MoveKind.Make:
                _viewsLeft--;
                (ProposalKind kind, View view) = NextViews.Of(View, _replicas)[move.Which];
                _ledger.ViewMade(view, kind);
                break;
            case MoveKind.Ask:
                _users.Ask(move.Which, _frontEnds[move.What]);
                break;
            case MoveKind.Kill:
            case MoveKind.LosePower:
                _crashesLeft--;
                _replicas[move.Which].End(losesPower: move.Kind == MoveKind.LosePower);
                _dialled.RemoveAll(d => d.Owner == _replicas[move.Which]);
                break;
            default:
                _told.RemoveWhere(t => t.Replica == move.Which);
                _replicas[move.Which].Start();
                break;
        }

        OpenDialled();
    }

    /// <summary>
    /// What a possible move reads or changes, as a set of bits: one for each process, then those for what only the search knows of. Two
    /// moves without a common bit lead to the same state in either order. A move that dials also steps other processes.
    /// </summary>
    public int Touches(Move move) => move.Kind switch
    {
        MoveKind.Deliver => 1 << move.Which | TouchedBy(_processes[move.Which], _processes[move.Which].At(move.What)!.Incoming.Peek()),
        MoveKind.Sync => _replicas[move.Which].MayBeginToLead ? Everything : 1 << move.Which | LedgerBit,
        MoveKind.Load => 1 << move.Which,
        MoveKind.Tell => 1 << move.What,
        MoveKind.Ask => 1 << _frontEnds[move.What].Number | UsersBit,
        MoveKind.Make => NextViews.Of(View, _replicas)[move.Which].Kind == ProposalKind.Admit ? Everything : RegisterBit | LedgerBit,
        MoveKind.Kill => 1 << move.Which | CrashBit,
        _ => Everything,
    };

    public ulong Digest()
    {
        var hash = new StateHash();
        foreach (SmallProcess process in _processes)
        {
            process.HashInto(hash);
            foreach (SmallEnd end in process.Ends.OrderBy(e => process.RankOf(e.Id)))
            {
                hash.Add((ulong)process.RankOf(end.Id));
                hash.Add((ulong)end.Other.Owner.RankOf(end.Other.Id));
                foreach (byte[]? frame in end.Incoming)
                    hash.Add((object?)frame);
            }
        }

        foreach ((SmallProcess owner, _, int target) in _dialled)
            hash.Add((ulong)((owner.Number * 10) + target));
        foreach (View view in _ledger.Views)
        {
            hash.Add((ulong)view.Primary.Value[0]);
            foreach (Member member in view.Members)
                hash.Add((ulong)member.Disk.Value);
            hash.Add((ulong)(view.Joining?.Disk.Value ?? 88));
        }

        foreach ((int view, int replica) in _told.Order())
            hash.Add((ulong)((view * 10) + replica));
        hash.Add((ulong)_viewsLeft);
        hash.Add((ulong)_crashesLeft);
        hash.Add(_ledger.CommittedIndex);
        hash.Add(_ledger.Released.Index.Value);
        _users.HashInto(hash);
        return hash.Value;
    }

    /// <summary>A move in words, for the reader of a path.</summary>
    public string Describe(Move move) => move.Kind switch
    {
        MoveKind.Deliver when _processes[move.Which].At(move.What) is { } end =>
            $"{_processes[move.Which].Name} hears from {end.Other.Owner.Name}: {(end.Incoming.Peek() is { } bytes ? FrameText.Of(new Frame(new ReadOnlySequence<byte>(bytes))) : "the end")}",
        MoveKind.Tell => $"{_replicas[move.What].Name} is told {_ledger.Views[move.Which]}",
        MoveKind.Learn => $"{_frontEnds[move.Which].Name} learns that {_replicas[move.What].Name} leads",
        MoveKind.Make => $"the register makes {NextViews.Of(View, _replicas)[move.Which].View}",
        MoveKind.Ask => $"user {move.Which} asks {_frontEnds[move.What].Name}",
        _ => $"{_replicas[move.Which].Name}: {move.Kind}",
    };

    public void Answered(int user, in ReadOnlySequence<byte> answer) => _users.Answered(user, answer);

    /// <summary>Takes note of a dial. A member's dial that is only to see who can be reached leads to nothing.</summary>
    public void Dials(SmallProcess owner, ConnectionId id, Endpoint endpoint)
    {
        if (endpoint != NameServer && owner is not SmallReplica { Core: not { IsLeading: true } })
            _dialled.Add((owner, id, SmallReplica.NumberAt(endpoint)));
    }

    public void Forget(SmallProcess owner, ConnectionId id) => _dialled.RemoveAll(d => d.Owner == owner && d.Id == id);

    /// <summary>Opens the dialled connections to processes that are up: the two hellos are not moves of their own.</summary>
    public void OpenDialled()
    {
        for (int i = 0; i < _dialled.Count;)
        {
            (SmallProcess owner, ConnectionId id, int target) = _dialled[i];
            if (!_replicas[target].IsUp)
            {
                i++;
                continue;
            }

            _dialled.RemoveAt(i);
            Connect(owner, id, _replicas[target]);
            i = 0;
        }
    }

    private static SmallEnd Connect(SmallProcess owner, ConnectionId id, SmallReplica target)
    {
        var near = new SmallEnd(owner, id);
        var far = new SmallEnd(target, target.NextConnection()) { Other = near };
        near.Other = far;
        owner.Ends.Add(near);
        target.Ends.Add(far);
        target.Opened(far.Id, owner.OwnHello());
        owner.Opened(id, target.OwnHello());
        return far;
    }

    private static int TouchedBy(SmallProcess process, byte[]? bytes)
    {
        if (process is SmallFrontEnd)
            return LedgerBit | UsersBit; // it may answer
        MessageType? type = bytes is null ? null : new Frame(new ReadOnlySequence<byte>(bytes)).Type;
        bool mayDial = type is null or MessageType.Refused && process is SmallReplica { Core.IsLeading: true };
        return mayDial ? Everything : type == MessageType.Appended ? LedgerBit : 0;
    }

    private void AddSteps(List<Move> moves)
    {
        foreach (SmallProcess process in _processes)
        {
            for (int i = 0; i < process.Ends.Count; i++)
            {
                if (process.Ends[i].Incoming.Count > 0)
                    moves.Add(new Move(MoveKind.Deliver, process.Number, process.RankOf(process.Ends[i].Id)));
            }
        }

        foreach (SmallReplica replica in _replicas)
        {
            if (replica.IsWriting)
                moves.Add(new Move(MoveKind.Sync, replica.Number, 0));
            if (replica.IsLoading)
                moves.Add(new Move(MoveKind.Load, replica.Number, 0));
            if (NeedsBeat(replica))
                moves.Add(new Move(MoveKind.Beat, replica.Number, 0));
        }
    }

    /// <summary>A probe came before the follower had adopted the view, and was not answered.</summary>
    private static bool NeedsBeat(SmallReplica replica) =>
        replica.Core?.Views.Leading is { } leading && replica.Ends.Exists(e =>
            e.Incoming.Count == 0 && e.Other.Incoming.Count == 0 && leading.Followers.Find(e.Id) is { State: StreamState.Probing } &&
            e.Other.Owner is SmallReplica { Core.Adopted: { } adopted } && adopted.Epoch == leading.Epoch);

    /// <summary>
    /// Each view is sent to a process once in each of its runs; a view that it has already staged only if the process was restarted.
    /// </summary>
    private bool MayTell(int view, SmallReplica replica) =>
        replica.Core is { } core && !_told.Contains((view, replica.Number)) && _ledger.Views[view].Epoch is { } epoch &&
        (core.Views.Staged is not { } staged || epoch > staged.Epoch || (epoch == staged.Epoch && replica.Starts > 1));

    private static bool LeaderFor(SmallFrontEnd frontEnd, SmallReplica replica) =>
        replica.Core?.Views.Leading is { } leading && leading.Epoch >= frontEnd.Epoch && !(frontEnd.IsServed && frontEnd.Epoch == leading.Epoch);
}
