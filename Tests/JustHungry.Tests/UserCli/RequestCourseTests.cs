using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>The client's decisions without its shell; what they are on a real file and a real connection is in ShopClientTests.</summary>
[Category("Slow")]
[SideBySide]
public sealed class RequestCourseTests
{
    private const int Schedules = 3_000;
    private const int Courses = 40;

    [Test]
    public void Whoever_knows_no_shop_sends_to_the_first_that_answers_and_to_no_other([Values] bool takesNewShop)
    {
        var at = new ShopAddress(new Endpoint("ns", 1), "JH_orders");
        var profile = Profile.New(new UserId(1), new UserKey(2, 3));
        var wish = new Wish(RequestKind.Cancel, new byte[] { 1 }, new RequestId(7));
        var course = new RequestCourse(profile, at, wish, new RetryPolicy(5, 100), frontEnd: 0, takesNewShop);
        ClusterId first = new(8), second = new(9);

        course.Begin().Act.Should().Be(CourseAct.Connect);
        course.Connected(0, first, []).Act.Should().Be(CourseAct.Save);
        course.Saved(1).Act.Should().Be(CourseAct.Send);
        course.ConnectionLost(2);

        course.Connected(3, second, []).Act.Should().NotBe(CourseAct.Send, "the first may have taken it");
        course.Connected(4, first, []).Act.Should().Be(CourseAct.Send);
    }

    [Test]
    public void Two_clients_on_one_profile_are_never_told_what_is_not_so_wherever_they_are_killed()
    {
        int kills = 0, answers = 0;
        for (int seed = 1; seed <= Schedules; seed++)
        {
            var clients = new KilledClients(seed);
            clients.Invoking(c => c.Run(Courses)).Should().NotThrow($"of seed {seed}");
            kills += clients.Kills;
            answers += clients.Answers;
        }

        kills.Should().BeGreaterThan(Schedules);
        answers.Should().BeGreaterThan(Schedules * 10);
    }
}
