using FluentAssertions;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.NameServer;

/// <summary>The core over a storage that other name servers change too, whose answers come late or not at all.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SharedStorageTests : IDisposable
{
    private static readonly View First = View(1, "1", [Member("1"), Member("2")]);
    private static readonly View Second = First with { Epoch = new Epoch(2), Primary = new ReplicaId("2") };
    private static readonly Propose Promotion = new(5, ProposalKind.Promote, new Epoch(1), Second, Epoch.None, false);

    private readonly FakeSharedStorage _storage = new();
    private readonly CoreFixture _server;

    public SharedStorageTests()
    {
        _storage.State = Holding(7, First, 3);
        _server = new CoreFixture(_storage);
        _storage.AnswerRead();
        _server.Pass(1_000);
        _storage.AnswerRead(); // a shared storage is read once a second
    }

    public void Dispose() => _storage.Dispose();

    [Test]
    public void What_an_answer_rests_on_was_read_after_the_question()
    {
        _server.Send(new GetView(Group));
        _server.Answers.Should().Be(0);
        _storage.State = Holding(8, Second, 5);
        _storage.AnswerRead();

        _server.Answer<ViewIs>().View!.Epoch.Should().Be(new Epoch(2));
    }

    [Test]
    public void A_question_that_comes_during_a_read_waits_for_the_next_one()
    {
        _server.Send(new GetView(Group));
        _server.Send(new GetView(Group));
        _storage.ReadsAsked.Should().Be(1);
        _storage.AnswerRead();
        _server.Answers.Should().Be(1, "the read may be older than the second question");
        _storage.AnswerRead();
        _server.Answers.Should().Be(2);
    }

    [Test]
    public void A_proposal_whose_outcome_is_unknown_gets_no_answer_and_its_repetition_the_right_one()
    {
        _server.Send(Promotion);
        _storage.AnswerRead();
        _storage.AnswerCommit(CommitOutcome.Unknown);
        _server.Answers.Should().Be(0);

        _storage.State = Holding(8, Second, 5); // it was made after all
        _server.Send(Promotion);
        _storage.AnswerRead();
        _server.Answer<Proposed>().Outcome.Should().Be(ProposalOutcome.Accepted);
    }

    [Test]
    public void A_proposal_that_another_name_servers_overtakes_is_judged_again()
    {
        _server.Send(Promotion);
        _storage.AnswerRead();
        _storage.State = Holding(8, Second with { Members = [Member("2")] }, 6);
        _storage.AnswerCommit(CommitOutcome.Changed);
        _server.Answers.Should().Be(0);
        _storage.AnswerRead();

        Proposed answer = _server.Answer<Proposed>();
        answer.Outcome.Should().Be(ProposalOutcome.LostRace);
        answer.View!.Members.Should().ContainSingle();
    }

    [Test]
    public void A_change_rests_on_the_revision_the_view_and_the_names_that_were_read()
    {
        _server.Send(Promotion);
        _storage.AnswerRead();

        MakeView change = _storage.Changes.Should().ContainSingle().Which.Should().BeOfType<MakeView>().Subject;
        (change.Basis, change.Previous!.ProposalId).Should().Be((7, (UInt128)3));
        change.RestsOn.Should().Equal("backend.JH_orders_1", "backend.JH_orders_2");
    }

    [Test]
    public void Names_are_told_while_the_storage_is_away_and_views_are_not()
    {
        _server.Send(new List("", [], false));
        _storage.AnswerRead(isAway: true);
        _server.Answer<Listed>().Registrations.Should().HaveCount(2);
        _server.Send(new List("", [], false));
        _server.Answer<Listed>().Registrations.Should().HaveCount(2, "known to be away, it is not waited for");

        _server.Send(new GetView(Group));
        _storage.AnswerRead(isAway: true);
        _server.Answers.Should().Be(0);
    }

    [Test]
    public void A_lease_is_renewed_where_it_is_kept_and_a_name_that_is_gone_is_recorded_anew()
    {
        _server.Send(Request(Replica(Member("1"), adopted: 1)));
        _storage.AnswerRead();
        _storage.Changes.Should().BeEmpty();
        _storage.AnswerRenewal(Renewal.Held);
        _server.Answer<Registered>().Health.Should().Be(GroupHealth.Healthy);

        _server.Send(Request(Replica(Member("1"), adopted: 1)));
        _storage.AnswerRead();
        _storage.State = new StoredState(9, [], _storage.State.Views);
        _storage.AnswerRenewal(Renewal.Gone);
        _storage.AnswerRead();
        _storage.Changes.Should().ContainSingle().Which.Should().BeOfType<PutName>();
        _storage.AnswerCommit(CommitOutcome.Done);
        _server.Answers.Should().Be(1);
    }

    [Test]
    public void A_process_that_has_not_called_since_a_name_server_started_is_recorded_anew()
    {
        _storage.State = new StoredState(8, [new StoredName(1, Replica(Member("1"), adopted: 1))], _storage.State.Views);
        _server.Send(Request(Replica(Member("1"), adopted: 1)));
        _storage.AnswerRead();

        _storage.Changes.Should().ContainSingle().Which.Should().BeOfType<PutName>();
    }

    [Test]
    public void A_lease_in_a_shared_storage_does_not_end_here()
    {
        _server.Pass(60_000);
        _storage.Changes.Should().BeEmpty();
    }

    private static StoredState Holding(long revision, View view, UInt128 proposal) => new(
        revision, [Called(1, "1"), Called(2, "2")], [new StoredView(proposal, ProposalKind.Promote, view)]);

    private static StoredName Called(long order, string id) => new(order, Replica(Member(id), adopted: 1), HasCalled: true);
}
