using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Server.Replication;

/// <summary>Who keeps its directory when an operator's hand begins a lineage, and when a view of an older one turns up.</summary>
internal sealed class BeginningLineagesTests
{
    private static readonly Lineage Here = new(7, new Epoch(6));
    private static readonly View Known = ViewOf(5, One, [One, Two]);

    [TestCaseSource(nameof(Standings))]
    public void After_an_unclean_promotion_of_another_it_is_set_aside_if_it_holds_anything(string standing, View before, bool hasLog, bool hasCheckpoint, int dataLoss)
    {
        ReplicaRig rig = Holding(before, hasLog, hasCheckpoint);
        rig.Receive(rig.FrontEnd, new NewView(ViewOf(6, One, [One], dataLoss: dataLoss) with { Lineage = Here }, []));
        rig.Disk.IsSetAside.Should().Be(hasLog || hasCheckpoint, standing);
    }

    [TestCaseSource(nameof(Standings))]
    public void The_one_that_is_promoted_uncleanly_keeps_what_it_has(string standing, View before, bool hasLog, bool hasCheckpoint, int dataLoss)
    {
        ReplicaRig rig = Holding(before, hasLog, hasCheckpoint);
        rig.Adopt(ViewOf(6, Two, [Two], dataLoss: dataLoss) with { Lineage = Here });
        rig.Disk.IsSetAside.Should().BeFalse(standing);
        rig.Core.IsLeading.Should().BeTrue();
    }

    private static IEnumerable<TestCaseData> Standings()
    {
        (string, View)[] standings =
        [
            ("a member", Known), ("joining", ViewOf(5, One, [One, Three], joining: Two)),
            ("dropped", ViewOf(5, One, [One, Three])), ("never a member", ViewOf(1, One, [One, Three])),
        ];
        foreach ((string standing, View before) in standings)
        {
            foreach ((bool hasLog, bool hasCheckpoint) in new[] { (true, false), (false, true), (true, true), (false, false) })
            {
                foreach (int dataLoss in new[] { 1, 2 })
                    yield return new TestCaseData(standing, before with { DataLoss = dataLoss - 1 }, hasLog, hasCheckpoint, dataLoss);
            }
        }
    }

    [Test]
    public void A_repair_that_keeps_the_members_sets_everybody_else_aside()
    {
        View repaired = Known with { Epoch = new Epoch(1_005), Lineage = new Lineage(8, new Epoch(1_005)) };
        Told(Known, repaired).Should().BeFalse("it is a member");
        Told(Known, repaired with { Members = [One, Three], Joining = Two }).Should().BeFalse("it is joining");
        Told(Known, repaired with { Members = [One, Three] }).Should().BeTrue();
    }

    [Test]
    public void A_later_view_of_the_same_lineage_sets_nobody_aside() =>
        Told(Known with { Lineage = Here, DataLoss = 1 }, ViewOf(9, One, [One, Three], dataLoss: 1) with { Lineage = Here }).Should().BeFalse();

    [Test]
    public void A_view_of_a_fork_is_refused_and_nothing_set_aside([Values(0, 1)] int dataLoss, [Values] bool isMember, [Values] bool holdsAnything)
    {
        Lineage other = dataLoss == 0 ? Lineage.First : new Lineage(9, new Epoch(6));
        View fork = ViewOf(9, One, isMember ? [One, Two] : [One, Three], dataLoss: dataLoss) with { Lineage = other };
        ReplicaRig rig = Holding(Known with { Epoch = new Epoch(7), Lineage = Here, DataLoss = 1 }, holdsAnything, hasCheckpoint: false);
        rig.Receive(rig.FrontEnd, new NewView(fork, []));
        rig.DiskIsIdle();
        rig.Disk.IsSetAside.Should().BeFalse();
        rig.Core.Adopted!.HasSameContentAs(fork).Should().Be(!holdsAnything);
        rig.Network.Sent.Any(f => f.Type == MessageType.Refused && f.As<Refused>().Reason == Refusal.OtherCluster).Should().Be(holdsAnything);
    }

    [Test]
    public void A_primary_gives_up_nothing_on_the_word_of_its_follower([Values] bool isFork)
    {
        var rig = new ReplicaRig();
        rig.Adopt(ViewOf(9, One, [One, Two]) with { Lineage = Here });
        rig.Core.IsLeading.Should().BeTrue();
        rig.OpenFollowers(Two);
        View other = ViewOf(1_009, Three, [Three], dataLoss: 1) with { Lineage = new Lineage(9, new Epoch(isFork ? 8UL : 1_008UL)) };
        rig.Receive(rig.To(Two), new Refused(Refusal.OldEpoch, other));
        rig.Disk.IsSetAside.Should().BeFalse();
        rig.Core.IsLeading.Should().BeTrue("only the register says which lineage is in force");
    }

    private static bool Told(View before, View view)
    {
        ReplicaRig rig = Holding(before, hasLog: true, hasCheckpoint: false);
        rig.Receive(rig.FrontEnd, new NewView(view, []));
        return rig.Disk.IsSetAside;
    }

    /// <summary>Replica 2 with this view on its disk.</summary>
    private static ReplicaRig Holding(View view, bool hasLog, bool hasCheckpoint)
    {
        EntryPosition at = hasCheckpoint ? At(3, 1) : EntryPosition.Start;
        LogBatch[] log = hasLog ? [BatchOf(at.Index.Value + 1, 1)] : [];
        return new ReplicaRig(Two, new RecoveredDisk(Two.Disk, view, at, log, at, new ShopState()));
    }
}
