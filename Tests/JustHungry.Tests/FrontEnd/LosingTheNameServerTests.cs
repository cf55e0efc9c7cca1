using FluentAssertions;
using JustHungry.FrontEnd.Commands;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary><c>frontend promote</c>, when the name server goes away in the midst of it. Nothing that was done may be reported as not done.</summary>
internal sealed class LosingTheNameServerTests
{
    private static readonly Member One = new(new ReplicaId("1"), new DiskId(0xA1));
    private static readonly Member Two = new(new ReplicaId("2"), new DiskId(0xA2));
    private static readonly View Before = new(new ClusterId(7), NameRules.DefaultGroup, new Epoch(4), One.Id, [One, Two], null, 2, 0);

    private LoopFixture _nameServer = null!;
    private LoopFixture _two = null!;
    private View _view = Before;
    private int _answersLeft = int.MaxValue;
    private readonly List<Propose> _proposals = [];

    /// <summary>What becomes of a proposal.</summary>
    private enum Fate
    {
        Accepted,
        AcceptedAndAnswerLost,
        Lost,

        /// <summary>Another operator was quicker.</summary>
        LostRace,
    }

    [SetUp]
    public async Task SetUp()
    {
        (_view, _answersLeft) = (Before, int.MaxValue);
        _proposals.Clear();
        _nameServer = await LoopFixture.StartAsync();
        _two = await LoopFixture.StartAsync();
        _two.Core.Role = Role.Replica;
        _two.Core.OnFrame = (connection, in frame) =>
        {
            if (frame.Type == MessageType.NewView)
                _two.Loop.Send(connection, frame.Correlation, new ViewAdopted(_view.Epoch));
            else
                _two.Loop.Send(connection, frame.Correlation, new StatusReport(
                    Two, new BootId(2), _view.Cluster, ReplicaRole.Backup, _view, new EntryPosition(new EntryIndex(9), new Epoch(4)), new EntryIndex(9),
                    Leading: _view.IsPrimary(Two), HearsPrimary: true, 2, [], null));
        };
    }

    [TearDown]
    public async Task TearDown()
    {
        await _nameServer.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Test]
    public async Task A_promotion_that_was_accepted_exits_with_0_though_the_name_server_is_away_then([Values] bool unclean)
    {
        Serve(Fate.Accepted, answersAfterwards: 0);

        (await PromoteAsync(unclean)).Should().Be(ExitCode.Done);

        _view.Primary.Should().Be(Two.Id);
        _proposals.Should().ContainSingle();
    }

    [Test]
    public async Task A_proposal_whose_answer_is_lost_is_asked_again_under_its_id([Values] bool unclean)
    {
        Serve(Fate.AcceptedAndAnswerLost);

        (await PromoteAsync(unclean)).Should().Be(ExitCode.Done);

        _proposals.Should().HaveCount(2).And.OnlyContain(p => p.ProposalId == _proposals[0].ProposalId);
        _view.Epoch.Should().Be(new Epoch(5), "there is one new view, and one new lineage at most");
    }

    [Test]
    public async Task A_lineage_that_began_is_known_also_when_a_front_end_has_changed_the_view_since()
    {
        Serve(Fate.AcceptedAndAnswerLost, changedSince: true);

        (await PromoteAsync(unclean: true)).Should().Be(ExitCode.Done);

        _proposals.Should().HaveCount(2);
        (_view.Epoch, _view.DataLoss).Should().Be((new Epoch(6), 1));
    }

    /// <summary>What the operator confirmed is not what would be given up now.</summary>
    [Test]
    public async Task A_lineage_is_not_begun_in_another_view_than_the_confirmed_one()
    {
        Serve(Fate.LostRace);

        (await PromoteAsync(unclean: true)).Should().Be(ExitCode.Refused);

        _proposals.Should().ContainSingle();
    }

    [Test]
    public async Task Without_any_answer_the_outcome_is_unknown([Values] bool unclean)
    {
        Serve(Fate.Lost);

        (await PromoteAsync(unclean)).Should().Be(ExitCode.OutcomeUnknown, "it may have been accepted");
    }

    [Test]
    public void What_was_accepted_is_said_with_what_is_not_known()
    {
        var outcome = new PromotionOutcome(Before with { Epoch = new Epoch(5), Primary = Two.Id }, One.Id, LeadsAfter: null, Verdict: null, "10.0.0.5:9090: connection refused");
        PromotionReport.TextOf(outcome).Should()
            .StartWith("2 is to be the primary now (was 1): the view is made, so do not ask for it again" + Environment.NewLine)
            .And.Contain("how the shop stands now could not be asked: 10.0.0.5:9090: connection refused. See 'frontend status'.");
        PromotionReport.TextOf(outcome with { LeadsAfter = TimeSpan.FromMilliseconds(12) }).Should()
            .StartWith("2 is primary now (was 1), 12 ms" + Environment.NewLine).And.Contain("could not be asked");
    }

    /// <param name="answersAfterwards">How many questions the name server answers after a proposal, before it breaks every connection.</param>
    /// <param name="changedSince">A front end admits another before the proposal comes again.</param>
    private void Serve(Fate fate, int answersAfterwards = int.MaxValue, bool changedSince = false) => _nameServer.Core.OnFrame = (connection, in frame) =>
    {
        if (_answersLeft-- <= 0)
            throw new ProtocolViolationException("gone");

        switch (frame.Type)
        {
            case MessageType.GetView:
                _nameServer.Loop.Send(connection, frame.Correlation, new ViewIs(_view, GroupHealth.Healthy));
                break;
            case MessageType.List:
                bool isOfServers = !frame.As<List>().Metadata.Contains(NameRules.FrontEndMetadata);
                _nameServer.Loop.Send(connection, frame.Correlation, new Listed(isOfServers ? [RegistrationOfTwo()] : []));
                break;
            case MessageType.GetHistory:
                _nameServer.Loop.Send(connection, frame.Correlation, new HistoryIs([]));
                break;
            default:
                Answer(connection, frame, fate, changedSince);
                _answersLeft = answersAfterwards;
                break;
        }
    };

    private void Answer(JustHungry.Protocol.Cores.ConnectionId connection, in Frame frame, Fate fate, bool changedSince)
    {
        Propose proposal = frame.As<Propose>();
        _proposals.Add(proposal);
        bool isRepetition = _proposals.Count > 1 && proposal.ProposalId == _proposals[0].ProposalId;
        if (fate == Fate.Lost)
            throw new ProtocolViolationException("lost");
        if (fate == Fate.LostRace)
        {
            _view = _view with { Epoch = _view.Epoch.Next, Lineage = new Lineage(9, _view.Epoch.Next), DataLoss = 1 };
            _nameServer.Loop.Send(connection, frame.Correlation, new Proposed(ProposalOutcome.LostRace, _view));
            return;
        }

        if (!isRepetition)
            _view = proposal.View;
        if (!isRepetition && changedSince)
            _view = _view with { Epoch = _view.Epoch.Next };
        if (!isRepetition && fate == Fate.AcceptedAndAnswerLost)
            throw new ProtocolViolationException("the answer is lost");
        _nameServer.Loop.Send(connection, frame.Correlation, new Proposed(isRepetition && changedSince ? ProposalOutcome.LostRace : ProposalOutcome.Accepted, _view));
    }

    private Registration RegistrationOfTwo() => new(
        NameRules.Replica(NameRules.DefaultGroup, Two.Id), _two.Endpoint, Two.Disk, Before.Cluster, Before.Epoch,
        [NameRules.BackendMetadata, NameRules.GroupMetadata(NameRules.DefaultGroup), NameRules.IdMetadata(Two.Id)], new BootId(2), 0);

    private Task<int> PromoteAsync(bool unclean) => PromoteCommand.RunAsync(
        new PromoteCommandLine { Id = "2", NameServerText = _nameServer.Endpoint.ToString(), Unclean = unclean, Yes = unclean }.Parse().Value);
}
