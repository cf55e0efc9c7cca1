using System.Text.Json;
using FluentAssertions;
using JustHungry.FrontEnd.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>What <c>frontend status --watch</c> draws, given a look at the group.</summary>
internal sealed class WatchScreenTests
{
    private static readonly Member One = new(new ReplicaId("1"), new DiskId(0xA1));
    private static readonly Member Two = new(new ReplicaId("2"), new DiskId(0xA2));
    private static readonly View First = new(new ClusterId(7), "G", new Epoch(1), One.Id, [One, Two], null, 2, 0);
    private static readonly View Now = First with { Epoch = new Epoch(3), Primary = Two.Id };
    private static readonly long Noon = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    private static GroupSurvey Survey(double? answeredMs = 0.8) => new(
        Now, GroupHealth.Healthy,
        [
            new SurveyedReplica(One, new Endpoint("127.0.0.1", 40_001), Report(One, ReplicaRole.Backup, 1_234_560)),
            new SurveyedReplica(Two, new Endpoint("127.0.0.1", 40_002), Report(Two, ReplicaRole.Primary, 1_234_567)),
        ],
        [new SurveyedFrontEnd("aaaaaaaabbbb", new Endpoint("127.0.0.1", 50_001), new FrontEndReport(new BootId(1), new Epoch(3), true, 1_024, 900, 1_234_000))])
    {
        NameServer = new SurveyedNameServer(new Endpoint("127.0.0.1", 9090), answeredMs),
        History = [new(ProposalKind.Bootstrap, First, Noon), new(ProposalKind.Promote, First with { Epoch = new Epoch(2) }, Noon + 60), new(ProposalKind.Promote, Now, Noon + 120)],
    };

    private static StatusReport Report(Member self, ReplicaRole role, ulong last) => new(
        self, new BootId(2), Now.Cluster, role, Now, new EntryPosition(new EntryIndex(last), new Epoch(3)), new EntryIndex(last), role == ReplicaRole.Primary, true, 2, [], null);

    private static WatchedMoment Moment(GroupSurvey survey) => new(survey, survey.VerdictOn("G"), DateTimeOffset.FromUnixTimeSeconds(Noon + 180), 12_345.6);

    [TestCase(80, 23)]
    [TestCase(120, 39)]
    public void Everything_fits_the_terminal(int columns, int lines)
    {
        string[] drawn = WatchScreen.Draw(Moment(Survey()), "G", columns, lines, colours: false).Split('\n');

        drawn.Should().HaveCountLessOrEqualTo(lines).And.OnlyContain(l => l.Length <= columns);
        drawn[0].Should().StartWith("DEGRADED: 2 members, and orders need 2: the next loss stops them - start");
        drawn.Should().ContainSingle(l => l.StartsWith("G  ", StringComparison.Ordinal)).Which.Should().StartWith("G  epoch 3  primary 2  orders/s 12,346").And.EndWith("ctrl-C ends");
        string text = string.Join('\n', drawn);
        text.Should().NotContain("…").And.Contain("name server 127.0.0.1:9090  ok (0.8 ms)");
        text.Should().MatchRegex(@"(?m)^1 +backup +3 +1,234,560 +7 ").And.MatchRegex(@"(?m)^2 +primary +3 +1,234,567 +0 ");
        text.Should().MatchRegex(@"(?m)^aaaaaaaa +heard +1,024 +900 +1,234,000 +127\.0\.0\.1:50001$");
        drawn[^3..].Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]).Should().Equal(["3", "2", "1"], "the latest change of view is on top");
    }

    [Test]
    public void In_a_low_terminal_old_changes_of_view_give_way()
    {
        string[] drawn = WatchScreen.Draw(Moment(Survey()), "G", 80, 12, colours: false).Split('\n');
        drawn.Should().HaveCountLessOrEqualTo(12);
        drawn.Should().Contain(l => l.StartsWith("2  ", StringComparison.Ordinal));
    }

    [Test]
    public void Since_when_is_the_view_that_gave_the_role_and_lag_is_behind_the_primary()
    {
        GroupSurvey survey = Survey();
        survey.SinceWhen(survey.Find("1")!)!.Value.ToUnixTimeSeconds().Should().Be(Noon + 120, "it led until then");
        survey.SinceWhen(survey.Find("2")!)!.Value.ToUnixTimeSeconds().Should().Be(Noon + 120);
        survey.LagOf(survey.Find("1")!).Should().Be(7);

        var cut = Survey() with { History = [.. Survey().History.Skip(2)] };
        cut.SinceWhen(cut.Find("1")!).Should().BeNull("what was before is not known, and nothing is made up");
    }

    [Test]
    public void A_name_server_that_is_away_is_said_and_the_rest_still_shown()
    {
        WatchedMoment away = Moment(Survey(answeredMs: null));
        WatchScreen.Draw(away, "G", 80, 23, colours: false).Should().Contain("name server 127.0.0.1:9090  AWAY").And.Contain("primary 2");
        WatchLine.Of(away, "G").Should().Contain("epoch 3, primary 2, members 1 2, joining nobody, orders/s 12,346, lag 1:7 2:0, name server AWAY");
        JsonDocument.Parse(StatusJson.OfMoment(away)).RootElement.GetProperty("nameServer").GetProperty("health").GetString().Should().Be("Away");
    }

    [Test]
    public void Each_moment_is_one_line_of_json()
    {
        string line = StatusJson.OfMoment(Moment(Survey()));
        line.Should().NotContain("\n");
        JsonElement json = JsonDocument.Parse(line).RootElement;
        json.EnumerateObject().Select(p => p.Name).Should().Equal("verdict", "view", "replicas", "frontEnds", "nameServer", "nameServers", "changes", "at", "ordersPerSecond");
        json.GetProperty("at").GetString().Should().Be("2026-11-22T12:03:00Z");
        json.GetProperty("ordersPerSecond").GetDouble().Should().Be(12_345.6);
        json.GetProperty("changes")[2].EnumerateObject().Select(p => p.Name).Should().Equal("epoch", "kind", "primary", "members", "joining", "madeAt", "change");
    }
}
