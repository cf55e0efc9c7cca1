using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Commands;

/// <summary>What a history of views says that was done.</summary>
internal sealed class ChangeNameTests
{
    private static readonly Member One = new(new ReplicaId("1"), new DiskId(0xA1));
    private static readonly Member Two = new(new ReplicaId("2"), new DiskId(0xA2));
    private static readonly Member Three = new(new ReplicaId("3"), new DiskId(0xA3));

    [Test]
    public void A_view_without_a_backup_is_a_drop_and_only_another_primary_a_promotion()
    {
        View first = new(new ClusterId(7), "G", new Epoch(1), One.Id, [One, Two, Three], null, 2, 0);
        View[] views = [first, first with { Members = [One, Two] }, first with { Members = [One, Two], Joining = Three }, first with { Members = [One, Two] }, first with { Primary = Two.Id, Members = [Two] }, first with { Members = [One] }];
        ProposalKind[] kinds = [ProposalKind.Bootstrap, ProposalKind.Promote, ProposalKind.Join, ProposalKind.Promote, ProposalKind.Promote, ProposalKind.Unclean];
        MadeView[] history = [.. views.Select((v, i) => new MadeView(kinds[i], v with { Epoch = new Epoch((ulong)i + 1) }))];

        ChangeName.OfAll(history).Select(c => c.Name).Should().Equal("Bootstrap", "Drop 3", "Join 3", "Drop 3", "Promote 2", "Unclean 1");
        ChangeName.Of(null, history[1]).Should().Be("Promote 1", "what was before is not known");
    }

    [Test]
    public void An_admission_names_who_was_admitted() =>
        ChangeName.Of(null, new MadeView(ProposalKind.Admit, new View(new ClusterId(7), "G", new Epoch(2), One.Id, [One, Three], null, 2, 0))).Should().Be("Admit 3");
}
