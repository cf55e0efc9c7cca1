using System.Text.Json;
using FluentAssertions;
using JustHungry.FrontEnd.Commands;
using JustHungry.FrontEnd.Hosting;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>What <c>frontend status</c> and <c>frontend promote</c> show, given what the processes said.</summary>
internal sealed class OperatorCommandsTests
{
    private static readonly Member One = new(new ReplicaId("1"), new DiskId(0xA1));
    private static readonly Member Two = new(new ReplicaId("2"), new DiskId(0xA2));
    private static readonly Member Three = new(new ReplicaId("3"), new DiskId(0xA3));

    private static GroupSurvey Survey(GroupHealth health = GroupHealth.Healthy)
    {
        var view = new View(new ClusterId(7), "G", new Epoch(4), One.Id, [One, Two], Three, 2, 1);
        return new GroupSurvey(
            view, health,
            [
                new SurveyedReplica(One, new Endpoint("127.0.0.1", 4001), Report(One, ReplicaRole.Primary, view, 120, commit: 118)),
                new SurveyedReplica(Three, new Endpoint("127.0.0.1", 4003), Report(Three, ReplicaRole.Joining, view, 90, commit: 80)),
                new SurveyedReplica(Two, null, null),
            ],
            [
                new SurveyedFrontEnd("aaaaaaaabbbb", new Endpoint("127.0.0.1", 5001), new FrontEndReport(new BootId(1), new Epoch(4), true, 3, 1, 500)),
                new SurveyedFrontEnd("ccccccccdddd", new Endpoint("127.0.0.1", 5002), null),
            ]);
    }

    private static StatusReport Report(Member self, ReplicaRole role, View view, ulong last, ulong commit) => new(
        self, new BootId(2), view.Cluster, role, view, new EntryPosition(new EntryIndex(last), new Epoch(4)), new EntryIndex(commit),
        role == ReplicaRole.Primary, true, 2, [], null);

    [Test]
    public void A_replica_is_promoted_without_its_old_self_whose_disk_was_replaced()
    {
        var oldSelf = new Member(Three.Id, new DiskId(0xA4));
        GroupSurvey survey = Survey();
        View view = survey.View! with { Members = [One, oldSelf, Three], Joining = null };

        View next = PromoteCommand.Planned(survey, view, Three).Next;

        next.IsWellFormed.Should().BeTrue();
        next.Members.Should().Equal(One, Three);
    }

    [Test]
    public void The_status_json_has_the_view_each_replica_and_each_front_end()
    {
        JsonElement json = JsonDocument.Parse(StatusJson.Of(Survey(), Survey().VerdictOn("G"))).RootElement;

        JsonElement view = json.GetProperty("view");
        Names(json).Should().Equal("verdict", "view", "replicas", "frontEnds", "nameServer", "nameServers", "changes");
        Names(view).Should().Equal("group", "epoch", "primary", "members", "joining", "minReplicas", "dataLoss");
        view.GetProperty("primary").GetString().Should().Be("1");
        view.GetProperty("epoch").GetInt32().Should().Be(4);
        view.GetProperty("members").EnumerateArray().Select(m => m.GetProperty("id").GetString()).Should().Equal("1", "2");
        view.GetProperty("members")[0].GetProperty("diskId").GetString().Should().EndWith("a1");
        view.GetProperty("joining").GetProperty("id").GetString().Should().Be("3");

        JsonElement first = json.GetProperty("replicas")[0];
        Names(first).Should().Equal("id", "endpoint", "role", "initialised", "epoch", "index", "commit", "reachable", "lag", "since");
        first.GetProperty("role").GetString().Should().Be("primary");
        first.GetProperty("index").GetInt32().Should().Be(120);
        first.GetProperty("commit").GetInt32().Should().Be(118);
        json.GetProperty("replicas")[1].GetProperty("initialised").GetBoolean().Should().BeFalse("joining is no member yet");

        JsonElement frontEnds = json.GetProperty("frontEnds");
        Names(frontEnds[0]).Should().Equal("id", "endpoint", "hearsPrimary", "users", "waiting", "ordersPlaced");
        frontEnds.EnumerateArray().Select(f => f.GetProperty("hearsPrimary").GetBoolean()).Should().Equal(true, false);
    }

    [Test]
    public void A_member_that_can_not_be_reached_is_shown_as_such_and_nothing_is_made_up()
    {
        JsonElement missing = JsonDocument.Parse(StatusJson.Of(Survey(), Survey().VerdictOn("G"))).RootElement.GetProperty("replicas")[2];

        missing.GetProperty("reachable").GetBoolean().Should().BeFalse();
        missing.GetProperty("role").GetString().Should().Be("backup");
        missing.GetProperty("initialised").GetBoolean().Should().BeTrue();
        missing.GetProperty("index").ValueKind.Should().Be(JsonValueKind.Null);
        missing.GetProperty("endpoint").ValueKind.Should().Be(JsonValueKind.Null);
        StatusText.Of(Survey(), Survey().VerdictOn("G"), "G").Should().MatchRegex(@"(?m)^2 +not registered +backup +yes +unreachable");
    }

    [Test]
    public void A_group_without_a_view_and_a_register_that_does_not_fit_are_told()
    {
        var survey = new GroupSurvey(null, GroupHealth.RegisterLost, [], []);
        StatusText.Of(survey, survey.VerdictOn("G"), "G").Should().Contain("no view yet").And.Contain("nameserver repair");
        JsonDocument.Parse(StatusJson.Of(survey, survey.VerdictOn("G"))).RootElement.GetProperty("view").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Test]
    public void Before_an_unclean_promotion_it_is_said_what_may_be_lost()
    {
        GroupSurvey survey = Survey();

        string[] losses = [.. UncleanConfirmation.Losses(survey, survey.Find("3")!)];

        losses.Should().HaveCount(3);
        losses[0].Should().Contain("entry 90").And.Contain("NOT a member");
        losses[1].Should().StartWith("1 stands at entry 120").And.Contain("30 entries further; 28 of them known to be acknowledged");
        losses[2].Should().Be("2 can't be reached: it may hold more");
        UncleanConfirmation.Losses(survey, survey.Find("1")!).Should().Contain(l => l.StartsWith("3 stands") && l.EndsWith("nothing that 1 lacks"));
    }

    [TestCase(90ul)]
    [TestCase(130ul)]
    public void Before_an_unclean_promotion_the_end_of_an_older_log_counts_for_nothing_beyond_what_was_committed(ulong last)
    {
        GroupSurvey survey = Survey();
        SurveyedReplica three = survey.Find("3")!;
        var older = new EntryPosition(new EntryIndex(last), new Epoch(3)); // shorter or longer than the log of epoch 4
        three = three with { Report = three.Report!.Value with { Last = older } };

        UncleanConfirmation.Losses(survey, three).Should().Contain(
            "1 stands at entry 120 (epoch 4), in a later epoch: 3 may lack up to 40 of its entries; 38 of them known to be acknowledged");
    }

    [TestCase("never", 2, "--when-short")]
    [TestCase("wait", 0, "--min-replicas")]
    [TestCase("wait", 65, "--min-replicas")]
    [TestCase("exit", 3, null)]
    public void Options_are_checked(string whenShort, int minReplicas, string? mistake)
    {
        string? found = new FrontEndCommandLine { WhenShort = whenShort, MinReplicas = minReplicas }.Parse().Mistake;
        if (mistake is null)
            found.Should().BeNull();
        else
            found.Should().StartWith(mistake);
    }

    [TestCase("no/slash", false, false, false)]
    [TestCase("2", false, true, false)]
    [TestCase("2", true, true, true)]
    public void Promote_takes_an_id_and_yes_only_with_unclean(string id, bool unclean, bool yes, bool isValid) =>
        (new PromoteCommandLine { Id = id, Unclean = unclean, Yes = yes }.Parse().Mistake is null).Should().Be(isValid);

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(p => p.Name);
}
