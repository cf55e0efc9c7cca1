using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.SharedRegister;

/// <summary>
/// One seed's schedule of two or three name servers over one etcd: replicas register and vanish, proposers propose and ask again, calls to etcd
/// are late or lost, name servers are killed, etcd is restored from a snapshot. Then all heals, and one more view must come about.
/// </summary>
internal sealed class RegisterSchedule
{
    private const long Second = 1_000_000;
    private const int RenewalUs = Timing.RenewalMs * 1000;
    private const int AgainUs = 500_000;
    private const string Group = NameRules.DefaultGroup;

    private readonly SimWorld _world;
    private readonly EtcdModel _model;
    private readonly EtcdWeather _weather;
    private readonly SharedLedger _ledger;
    private readonly List<SharingNameServer> _servers = [];
    private readonly Member[] _replicas;
    private readonly bool[] _isUp;
    private readonly ClusterId _cluster;
    private readonly bool _hasStrangers;
    private bool _isOver;

    public RegisterSchedule(ulong seed)
    {
        _world = new SimWorld(seed, keepLines: false);
        _weather = new EtcdWeather(Chance);
        _model = new EtcdModel(_world);
        _ledger = new SharedLedger(_model);
        _cluster = new ClusterId(Chance.Id());
        _hasStrangers = Chance.OneIn(3);
        _replicas = [.. Enumerable.Range(1, 4).Select(i => new Member(new ReplicaId($"{i}"), new DiskId((UInt128)i)))];
        _isUp = [.. _replicas.Select(_ => true)];
        for (int i = 2 + Chance.Below(2); i > 0; i--)
            _servers.Add(new SharingNameServer(_world, _model, _weather));
    }

    public int Views => _ledger.Views;

    private Chance Chance => _world.Chance;

    private SharingNameServer Any => Chance.Pick(_servers);

    /// <exception cref="ViolationException">A rule is broken; or nothing was made after all had healed.</exception>
    public void Run()
    {
        for (int i = 0; i < _replicas.Length; i++)
            Renew(i);
        for (int i = 0; i < 3; i++)
            Propose();
        Look();
        Disturb();
        _world.Time.Run(20 * Second);

        _isOver = true;
        _weather.IsBad = false;
        Array.Fill(_isUp, true);
        _world.Time.Run(_world.NowUs + (15 * Second)); // strangers' leases end…
        foreach (SharingNameServer server in _servers)
            server.Restart(); // …and nobody remembers that they knew of a later view, which would have to be repaired
        int before = _ledger.Views;
        if (!_world.Time.Run(_world.NowUs + (10 * Second), () => _ledger.Views > before + 2))
            throw new ViolationException("no view was made after all had healed");
    }

    private void Renew(int i)
    {
        if (_isUp[i])
            Register(_replicas[i], _ledger.View?.Epoch ?? Epoch.None, Any);
        _world.Time.After(RenewalUs / 2 + Chance.Below(RenewalUs), () => Renew(i));
    }

    private void Register(Member member, Epoch adopted, SharingNameServer at) => at.Ask(
        new Register(
            new Registration(
                NameRules.Replica(Group, member.Id), new Endpoint("127.0.0.1", 4000), member.Disk, adopted == Epoch.None ? ClusterId.None : _cluster, adopted,
                [NameRules.BackendMetadata, NameRules.GroupMetadata(Group), NameRules.IdMetadata(member.Id)], new BootId(member.Disk.Value), Timing.LeaseMs),
            BootId.None, Always: false),
        static _ => { });

    private void Look()
    {
        Epoch atLeast = _ledger.View?.Epoch ?? Epoch.None;
        Any.Ask(new GetView(Group), answer => _ledger.Answered(atLeast, (ViewIs)answer));
        _world.Time.After(Chance.Between(1_000, Second / 2), Look);
    }

    /// <summary>Proposes something legal from what a name server says, again until there is an answer, and so on.</summary>
    private void Propose()
    {
        bool isAsked = false;
        Any.Ask(new GetView(Group), answer =>
        {
            if (isAsked)
                return;
            isAsked = true;
            Send(NextAfter(((ViewIs)answer).View), triesLeft: 6);
        });
        _world.Time.After(2 * Second, () =>
        {
            if (!isAsked)
                Propose();
            isAsked = true;
        });
    }

    private void Send(Propose proposal, int triesLeft)
    {
        bool isAnswered = false;
        Any.Ask(proposal, answer =>
        {
            _ledger.Answered(proposal, (Proposed)answer);
            if (isAnswered)
                return;
            isAnswered = true;
            _world.Time.After(Chance.Between(1_000, Second), Propose);
        });
        _world.Time.After(AgainUs, () =>
        {
            if (isAnswered)
                return;
            isAnswered = true;
            if (triesLeft > 0)
                Send(proposal, triesLeft - 1);
            else
                Propose();
        });
    }

    private Propose NextAfter(View? view)
    {
        UInt128 id = Chance.Id();
        if (view is null)
        {
            var first = new View(_cluster, Group, new Epoch(1), _replicas[0].Id, _replicas[..2], null, 2, 0);
            return new Propose(id, ProposalKind.Bootstrap, Epoch.None, first with { Primary = Chance.Pick(_replicas[..2]).Id }, Epoch.None, false);
        }

        View next = view with { Epoch = view.Epoch.Next };
        Member[] spares = [.. _replicas.Where(r => !view.IsRequired(r))];
        if (view.Joining is { } joining && Chance.OneIn(2))
            return new Propose(id, ProposalKind.Admit, view.Epoch, next with { Members = [.. view.Members, joining], Joining = null }, view.Epoch, true);
        if (view.Joining is null && spares.Length > 0 && Chance.OneIn(2))
            return new Propose(id, ProposalKind.Join, view.Epoch, next with { Joining = Chance.Pick(spares) }, view.Epoch, true);
        Member primary = Chance.Pick(view.Members);
        Member[] kept = [.. view.Members.Where(m => m == primary || view.Members.Count <= 2 || Chance.OneIn(2))];
        if (kept.Length < 2)
            kept = [.. view.Members];
        return new Propose(id, ProposalKind.Promote, view.Epoch, next with { Primary = primary.Id, Members = kept, Joining = null }, Epoch.None, false);
    }

    private void Disturb()
    {
        if (_isOver)
            return;

        switch (Chance.Below(6))
        {
            case 0:
                _weather.IsBad = !_weather.IsBad;
                break;
            case 1:
                Any.Restart();
                break;
            case 2: // a replica is away for longer than its lease, or comes back
                int i = Chance.Below(_replicas.Length);
                _isUp[i] = !_isUp[i];
                break;
            case 3 when _hasStrangers && _ledger.View is not null: // one that knows a later view than the register's, until its lease ends
                Register(new Member(new ReplicaId("stranger"), new DiskId(99)), new Epoch(_ledger.View.Epoch.Value + 50), Any);
                break;
            case 4:
                Any.Ask(new Remove(NameRules.Replica(Group, Chance.Pick(_replicas).Id), IsPrefix: false), static _ => { });
                break;
            default:
                break;
        }

        _world.Time.After(Chance.Between(10_000, 2 * Second), Disturb);
    }
}
