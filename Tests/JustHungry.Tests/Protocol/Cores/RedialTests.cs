using FluentAssertions;
using JustHungry.Protocol.Cores;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Cores;

/// <summary>How often a peer is dialled that can't be reached, or hangs up.</summary>
internal sealed class RedialTests
{
    private Redial _redial = null!;
    private long _ms;

    private Now Now => new(_ms, 0);

    [SetUp]
    public void Begin() => (_redial, _ms) = (new Redial(firstMs: 100, mostMs: 500), 10_000);

    [Test]
    public void The_wait_grows_to_its_bound_and_shrinks_when_the_peer_lasted()
    {
        for (int i = 0; i < Redial.SoonMax; i++)
            WaitAfterFailure().Should().Be(100);
        WaitAfterFailure().Should().Be(200);
        WaitAfterFailure().Should().Be(400);
        WaitAfterFailure().Should().Be(500);
        WaitAfterFailure().Should().Be(500);

        _redial.Lasted(Now);
        _redial.IsDue(Now).Should().BeTrue();
        WaitAfterFailure().Should().Be(100);
    }

    [Test]
    public void News_ends_the_wait_but_brings_no_more_than_a_dial_in_the_first_wait()
    {
        for (int i = 0; i < Redial.SoonMax + 5; i++)
            WaitAfterFailure();
        _redial.Dialled(Now);
        _redial.Failed(Now);

        int dials = 0;
        for (int ms = 0; ms < 2_000; ms += 10)
        {
            _ms += 10;
            _redial.HasNews();
            if (!_redial.IsDue(Now))
                continue;
            dials++;
            _redial.Dialled(Now);
            _redial.Failed(Now);
        }

        dials.Should().Be(20);
    }

    /// <summary>Dials, fails at once, and waits until it is time again.</summary>
    private long WaitAfterFailure()
    {
        _redial.Dialled(Now);
        _redial.Failed(Now);
        long failedMs = _ms;
        while (!_redial.IsDue(Now))
            _ms += 10;
        return _ms - failedMs;
    }
}
