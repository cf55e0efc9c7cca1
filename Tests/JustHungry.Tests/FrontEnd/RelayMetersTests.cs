using FluentAssertions;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary>What the relay tells its host of requests and answers.</summary>
internal sealed class RelayMetersTests
{
    [Test]
    public void Each_request_is_told_to_the_host_by_its_kind()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Ask(rig.OpenUser(), RequestKind.ProductList);
        rig.Events.Requests.Should().Equal(RequestKind.ProductList);
    }
}
