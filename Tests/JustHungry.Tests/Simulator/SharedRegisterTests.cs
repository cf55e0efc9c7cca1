using FluentAssertions;
using JustHungry.Simulator.SharedRegister;
using NUnit.Framework;

namespace JustHungry.Tests.Simulator;

public sealed class SharedRegisterTests
{
    private const int Schedules = 300;

    /// <summary>Seeds from here on.</summary>
    private const ulong First = 1;

    [Test]
    public void Name_servers_that_share_an_etcd_keep_one_register()
    {
        RegisterCampaign campaign = RegisterCampaign.Run(First, Schedules);

        campaign.Violation.Should().BeNull();
        campaign.Views.Should().BeGreaterThan(5 * Schedules, "otherwise nothing was tried");
    }
}
