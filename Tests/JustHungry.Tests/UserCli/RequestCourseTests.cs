using FluentAssertions;
using JustHungry.Tests.UserCli.Support;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>The client's decisions without its shell; what they are on a real file and a real connection is in ShopClientTests.</summary>
public sealed class RequestCourseTests
{
    private const int Schedules = 3_000;
    private const int Courses = 40;

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
