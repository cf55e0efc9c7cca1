using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

internal sealed class AdoptingViewsTests
{
    [Test]
    public void A_view_is_answered_only_when_it_is_on_disk()
    {
        var rig = new ReplicaRig();
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(1, Two, [One, Two]), []), correlation: 4);
        rig.All<ViewAdopted>(rig.FrontEnd).Should().BeEmpty();
        rig.Status().View.Should().BeNull("a view that is not on disk is shown to nobody");

        rig.DiskIsDone();
        rig.Answer<ViewAdopted>(rig.FrontEnd, 4).Epoch.Should().Be(new Epoch(1));
        rig.Status().Adopted.Should().Be(new Epoch(1));
    }

    [Test]
    public void A_lower_view_is_refused_with_the_one_in_force()
    {
        var rig = new ReplicaRig();
        rig.Adopt(ViewOf(5, Two, [One, Two]));
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(4, One, [One, Two]), []), correlation: 8);
        Refused refused = rig.Answer<Refused>(rig.FrontEnd, 8);
        refused.Reason.Should().Be(Refusal.OldEpoch);
        refused.View!.Epoch.Should().Be(new Epoch(5));
    }

    [Test]
    public void A_view_of_the_same_epoch_with_another_content_is_refused()
    {
        var rig = new ReplicaRig();
        rig.Adopt(ViewOf(5, Two, [One, Two]));
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(5, One, [One, Two]), []), correlation: 8);
        rig.Answer<Refused>(rig.FrontEnd, 8).Reason.Should().Be(Refusal.OldEpoch);
        rig.Core.IsLeading.Should().BeFalse();
    }

    [Test]
    public void A_view_of_another_cluster_is_refused()
    {
        var rig = new ReplicaRig();
        rig.Adopt(ViewOf(5, Two, [One, Two]));
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(9, One, [One, Two]) with { Cluster = new ClusterId(78) }, []), correlation: 8);
        rig.Answer<Refused>(rig.FrontEnd, 8).Reason.Should().Be(Refusal.OtherCluster);
    }

    [Test]
    public void A_primary_leads_from_the_fsync_of_its_adoption_on()
    {
        var rig = new ReplicaRig();
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(1, One, [One, Two]), []));
        rig.Core.IsLeading.Should().BeFalse();
        rig.DiskIsDone();
        rig.Core.IsLeading.Should().BeTrue();
    }

    [Test]
    public void A_restarted_primary_does_not_lead_in_its_old_epoch()
    {
        View view = ViewOf(3, One, [One, Two]);
        var rig = new ReplicaRig(One, new RecoveredDisk(One.Disk, view, EntryPosition.Start, [BatchOf(1, 3)], EntryPosition.Start, new ShopState()));
        rig.Receive(rig.FrontEnd, new NewView(view, []), correlation: 2);
        rig.Answer<ViewAdopted>(rig.FrontEnd, 2).Epoch.Should().Be(new Epoch(3), "it has adopted it, in another run");
        rig.Core.IsLeading.Should().BeFalse();
        rig.Disk.Writes.Should().BeEmpty();
    }

    [Test]
    public void The_same_id_on_another_disk_is_a_spare()
    {
        var rig = new ReplicaRig(new Member(One.Id, new DiskId(999)));
        rig.Adopt(ViewOf(1, One, [One, Two]));
        rig.Core.IsLeading.Should().BeFalse();
        rig.Status().Role.Should().Be(ReplicaRole.Spare);
    }

    [Test]
    public void A_primary_steps_down_when_it_hears_of_a_later_view_and_fails_its_barriers()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.ListProducts(1, correlation: 20);
        rig.Receive(rig.FrontEnd, new PropagateBackup(new Epoch(1)), correlation: 21);
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(2, Two, [One, Two, Three]), []), correlation: 22);

        rig.Core.IsLeading.Should().BeFalse("before the later view is on disk already");
        rig.Answer<Refused>(rig.FrontEnd, 21).Reason.Should().Be(Refusal.OldEpoch);
        rig.ListProducts(1, correlation: 23);
        rig.Answer<Refused>(rig.FrontEnd, 23).Reason.Should().Be(Refusal.OldEpoch);
    }

    [Test]
    public void One_that_becomes_a_backup_loads_its_state_anew_if_it_applied_more_than_was_committed()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.EnterDetails(1, correlation: 30); // applied, acked by nobody
        rig.Adopt(ViewOf(2, Two, [One, Two, Three]));
        rig.Disk.Loads.Should().Be(1);
    }

    [Test]
    public void One_that_stays_primary_keeps_its_state_and_what_it_had_gathered()
    {
        var rig = new ReplicaRig();
        rig.Lead();
        rig.EnterDetails(1, correlation: 30);
        rig.Adopt(ViewOf(2, One, [One, Two]));
        rig.Disk.Loads.Should().Be(0);
        rig.Core.IsLeading.Should().BeTrue();
        rig.Core.Replica.Log.Last.Should().Be(At(4, 2)); // opening, ViewStarted, the details, ViewStarted
    }

    [Test]
    public void After_an_unclean_promotion_everybody_else_sets_its_directory_aside()
    {
        var rig = new ReplicaRig(Two, new RecoveredDisk(
            Two.Disk, ViewOf(3, One, [One, Two]), EntryPosition.Start, [BatchOf(1, 3)], EntryPosition.Start, new ShopState()));
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(4, One, [One], dataLoss: 1), []));
        rig.Disk.IsSetAside.Should().BeTrue();
        rig.Disk.Writes.Should().BeEmpty("the old directory stays as it was");
    }

    [Test]
    public void A_later_view_is_taken_from_a_replica_that_counts_in_the_one_before_and_from_no_other([Values] bool isFirst)
    {
        var rig = new ReplicaRig();
        if (!isFirst)
            rig.Adopt(ViewOf(5, Two, [One, Two]));
        View made = ViewOf(9, Three, [Three], minReplicas: 1) with { Lineage = new Lineage(7, new Epoch(9)) };
        ConnectionId stranger = rig.AcceptReplica(Three);
        rig.Receive(stranger, new NewView(made, [new MemberEndpoint(Two, new Endpoint("elsewhere", 1))]), correlation: 8);

        rig.Answer<Refused>(stranger, 8).Should().Be(new Refused(Refusal.NeedView, null));
        rig.Disk.IsSetAside.Should().BeFalse();
        rig.Core.Views.Staged?.Epoch.Should().Be(new Epoch(5));
        rig.Core.Replica.Endpoints.Of(Two).Should().NotBe(new Endpoint("elsewhere", 1));
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(10, Two, [One, Two], joining: Three), []));
        rig.Receive(stranger, new NewView(ViewOf(12, Three, [One, Three]), []));
        rig.Core.Views.Staged!.Epoch.Should().Be(new Epoch(12), "it was joining, and so may have been admitted and promoted since");
    }

    [Test]
    public void A_view_without_its_primary_among_the_members_closes_the_connection()
    {
        var rig = new ReplicaRig();
        Action receive = () => rig.Receive(rig.FrontEnd, new NewView(ViewOf(1, Three, [One, Two]), []));
        receive.Should().Throw<JustHungry.Protocol.Framing.ProtocolViolationException>();
    }

    [Test]
    public void A_view_that_could_not_stand_is_not_adopted()
    {
        View good = ViewOf(1, One, [One, Two]);
        View[] bad =
        [
            good with { Members = [One, Two, Two] },
            good with { Members = [One, One with { Disk = new DiskId(5) }] },
            good with { Members = [One, Two with { Disk = DiskId.None }] },
            good with { Joining = Two },
            good with { Joining = One with { Disk = new DiskId(5) } },
            good with { MinReplicas = 0 },
            good with { MinReplicas = 65 },
            good with { DataLoss = -1 },
            good with { Cluster = ClusterId.None },
            good with { Epoch = new Epoch(Epoch.Max.Value + 1) },
            good with { Epoch = new Epoch(ulong.MaxValue - 1) },
        ];
        var rig = new ReplicaRig();
        foreach (View view in bad)
        {
            Action receive = () => rig.Receive(rig.FrontEnd, new NewView(view, []));
            receive.Should().Throw<JustHungry.Protocol.Framing.ProtocolViolationException>("{0} is refused", view);
        }

        rig.Adopt(good);
        rig.Core.IsLeading.Should().BeTrue();
    }
}
