using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Ordering;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>A front end's start, its end, and what it does when replicas run short.</summary>
internal sealed class StartAndStopTests
{
    [Test]
    public void A_new_group_is_bootstrapped_from_all_fresh_replicas_a_moment_after_the_first_k()
    {
        FrontEndRig rig = new(3);
        rig[3].IsListening = false;
        rig.Advance(700);
        rig.Proposals.Should().BeEmpty("others may be starting too");
        rig[3].IsListening = true;
        rig.Advance(600);

        Propose proposal = rig.Proposals.Single();
        (proposal.Kind, proposal.Expected, proposal.View.Epoch).Should().Be((ProposalKind.Bootstrap, Epoch.None, new Epoch(1)));
        proposal.View.Members.Should().Equal(rig[1].Member, rig[2].Member, rig[3].Member);
        proposal.View.Primary.Should().Be(rig[1].Id, "it is at the front of the queue");
        (proposal.View.MinReplicas, proposal.View.DataLoss).Should().Be((2, 0));
        proposal.View.Cluster.Should().NotBe(ClusterId.None);
        rig[1].Leads.Should().BeTrue();
    }

    [Test]
    public void Fewer_than_k_replicas_are_not_bootstrapped()
    {
        FrontEndRig rig = new(3, minReplicas: 3);
        rig[3].IsListening = false;
        rig.Advance(2_500);
        rig.Proposals.Should().BeEmpty();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_replica_that_was_in_a_cluster_forbids_bootstrap(bool answers)
    {
        FrontEndRig rig = new(3);
        rig[3].Cluster = FrontEndRig.Cluster;
        rig[3].IsListening = answers; // or it is only registered
        rig.Advance(2_500);
        rig.Proposals.Should().BeEmpty();
    }

    [Test]
    public void It_is_ready_once_a_barrier_has_completed_and_users_who_came_early_wait()
    {
        FrontEndRig rig = new(2);
        rig[1].IsListening = rig[2].IsListening = false;
        rig.Advance(100);
        ConnectionId user = rig.OpenUser();
        ulong asked = rig.Ask(user);
        rig[1].IsListening = rig[2].IsListening = true;
        rig.Advance(1_500);

        rig.Events.IsReady.Should().BeFalse();
        rig.Reply(rig.Executes(rig[1]).Single(), number: 1, answer: 3);
        rig.Propagate(rig[1], number: 1);
        rig.Events.IsReady.Should().BeTrue();
        rig.RepliesTo(user).Should().Equal((asked, 3));
    }

    /// <summary>
    /// The register is lost. One cluster can only be the group's; of two, the wrong one would take orders that the other never sees.
    /// </summary>
    [TestCase(GroupHealth.RegisterLost, true)]
    [TestCase(GroupHealth.TwoClusters, false)]
    public void A_front_end_that_starts_while_there_is_no_view_believes_replicas_of_one_cluster_only(GroupHealth health, bool believes)
    {
        FrontEndRig rig = new(2) { Health = health };
        View adopted = rig.ViewOf(5, [1, 2]);
        foreach (FakeReplica replica in rig.Replicas)
            replica.Adopt(adopted);

        rig.Advance(Timing.GatherMs - 100);
        rig.Core.OwnHello().Cluster.Should().Be(ClusterId.None, "the other cluster may register yet");
        rig.Advance(500);

        rig.Core.OwnHello().Cluster.Should().Be(believes ? FrontEndRig.Cluster : ClusterId.None, "users note whose orders it takes");
        rig.Ask(rig.OpenUser());
        rig.Executes(rig[1]).Should().HaveCount(believes ? 1 : 0);
    }

    [Test]
    public void Without_a_name_server_it_ends_with_a_naming_error_after_its_attempts()
    {
        FrontEndRig rig = new(3) { HasNameServer = false };
        rig.Advance(2_900);
        rig.Events.ExitCode.Should().BeNull();
        rig.Advance(300);
        rig.Events.ExitCode.Should().Be(ExitCode.Refused);
        rig.Events.Message.Should().StartWith("NamingError: ");
    }

    [Test]
    public void With_too_few_servers_it_ends_with_a_connection_error_that_says_how_many()
    {
        FrontEndRig rig = new(1);
        rig.Advance(3_200);
        rig.Events.ExitCode.Should().Be(ExitCode.Refused);
        rig.Events.Message.Should().StartWith("ConnectionError: found 1 of the 2 servers");
    }

    [Test]
    public void Running_short_answers_pending_requests_and_then_ends()
    {
        FrontEndRig rig = FrontEndRig.Running(2);
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.Kill(rig[1]);
        rig.Ask(user);
        rig.Advance(1_900);
        rig.RefusalsTo(user).Should().BeEmpty("two seconds are a restart's time");

        rig.Advance(300);

        rig.RefusalsTo(user).Should().Equal(
            new RefusalAnswer(AnswerCode.TooFewReplicas, NotSent: false), new RefusalAnswer(AnswerCode.TooFewReplicas, NotSent: true));
        rig.Events.ExitCode.Should().Be(ExitCode.Refused);
        rig.Events.Message.Should().StartWith("ConnectionError: 1 of the 2 servers");
    }

    [Test]
    public void Told_to_wait_it_refuses_requests_while_short_and_serves_again_when_replicas_are_back()
    {
        FrontEndRig rig = FrontEndRig.Running(2, exitsWhenShort: false);
        rig[2].HearsPrimary = false;
        rig.Kill(rig[1]);
        rig.Advance(2_200);
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.RefusalsTo(user).Should().Equal(new RefusalAnswer(AnswerCode.TooFewReplicas, NotSent: true));
        rig.Events.ExitCode.Should().BeNull();

        FrontEndRig.Restart(rig[1]);
        rig.Advance(3_000);
        rig.Ask(user);
        rig.Replicas.SelectMany(rig.Executes).Should().ContainSingle();
    }

    [Test]
    public void A_view_that_does_not_commit_keeps_requests_waiting_for_four_seconds_at_most()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig[2].HearsPrimary = rig[3].HearsPrimary = false;
        rig.Judge = _ => new Proposed(ProposalOutcome.NeedsRepair, rig.View);
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.Kill(rig[1]);
        rig.Ask(user);
        rig.Advance(3_900);
        rig.RefusalsTo(user).Should().BeEmpty();

        rig.Advance(200);

        rig.RefusalsTo(user).Select(r => (r.Code, r.NotSent)).Should().Equal((AnswerCode.TooFewReplicas, false), (AnswerCode.TooFewReplicas, true));
    }

    [Test]
    public void A_clean_stop_answers_what_is_in_flight_takes_nothing_new_and_gives_its_names_back()
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        ulong asked = rig.Ask(user);
        rig.Step(() => rig.Core.BeginStop(rig.Now));
        rig.Core.Screen(new Hello(Role.User, "u", DiskId.None, new BootId(3), ClusterId.None, NameRules.DefaultGroup)).Should().NotBeNull();
        rig.Ask(user);
        rig.Advance(100);
        rig.Events.ExitCode.Should().BeNull("one request is in flight");

        rig.Reply(rig.Executes(rig[1]).Single(), number: 1, answer: 4);
        rig.Propagate(rig[1], number: 1);
        rig.Advance(20);

        rig.Events.ExitCode.Should().Be(ExitCode.Done);
        rig.RepliesTo(user).Should().Contain((asked, 4));
        rig.RefusalsTo(user).Should().Equal(new RefusalAnswer(AnswerCode.Overloaded, NotSent: true));
        rig.SentTo(rig.NameServer, MessageType.Remove).Select(f => f.As<Remove>().Name).Should().Equal(NameRules.FrontEndOf(new BootId(1)), NameRules.FrontEnd);
    }

    [Test]
    public void A_stop_waits_for_answers_no_longer_than_a_second()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Ask(rig.OpenUser());
        rig.Step(() => rig.Core.BeginStop(rig.Now));
        rig.Advance(1_020);
        rig.Events.ExitCode.Should().Be(ExitCode.Done);
    }

    [Test]
    public void It_asks_for_the_shared_name_with_every_renewal_and_leaves_anothers_alone()
    {
        FrontEndRig rig = FrontEndRig.Running();
        List<Register> Shared() => [.. rig.SentTo(rig.NameServer, MessageType.Register).Select(f => f.As<Register>()).Where(r => r.Registration.Name == NameRules.FrontEnd)];
        int before = Shared().Count;
        rig.Advance(6_200);
        Shared().Should().HaveCountGreaterThanOrEqualTo(before + 2).And.OnlyContain(r => !r.Always && r.Replaces == BootId.None);

        rig.Receive(rig.NameServer, NameServerLink.SharedNameCorrelation, new NameRefused(NameRefusal.NameInUse, null));
        rig.Step(() => rig.Core.BeginStop(rig.Now));
        rig.SentTo(rig.NameServer, MessageType.Remove).Select(f => f.As<Remove>().Name).Should().Equal(NameRules.FrontEndOf(new BootId(1)));
    }

    [TestCase(Role.User, NameRules.DefaultGroup, null)]
    [TestCase(Role.Operator, NameRules.DefaultGroup, null)]
    [TestCase(Role.FrontEnd, NameRules.DefaultGroup, null)]
    [TestCase(Role.User, "H", HelloRefusal.OtherGroup)]
    [TestCase(Role.Replica, NameRules.DefaultGroup, HelloRefusal.WrongRole)]
    public void Peers_are_screened(Role role, string group, HelloRefusal? expected) =>
        new FrontEndRig().Core.Screen(new Hello(role, "x", DiskId.None, new BootId(3), ClusterId.None, group)).Should().Be(expected);

    [Test]
    public void An_operator_is_told_how_it_stands()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Ask(rig.OpenUser());
        ConnectionId @operator = rig.OpenUser(Role.Operator);
        rig.Receive(@operator, 3, default(FrontEndStatus));
        rig.Receive(@operator, 4, default(Ping));

        rig.SentTo(@operator, MessageType.FrontEndReport).Single().As<FrontEndReport>().Should().Be(new FrontEndReport(new BootId(1), new Epoch(5), true, 1, 1, 0));
        rig.SentTo(@operator, MessageType.Pong).Single().Correlation.Should().Be(4);
    }
}
