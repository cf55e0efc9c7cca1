using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Tests.Fakes;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Cores;

/// <summary>A link to several name servers.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NameServerLinkTests
{
    private static readonly Endpoint A = new("a", 9090);
    private static readonly Endpoint B = new("b", 9090);
    private static readonly DiskId Register = new(7);
    private static readonly Registration Name = new("n", new Endpoint("me", 1), DiskId.None, ClusterId.None, Epoch.None, [], new BootId(1), Timing.LeaseMs);

    private readonly FakeNetwork _network = new();
    private readonly List<OtherRegister> _met = [];
    private long _nowMs = 10_000;

    private NameServerLink _link = null!;

    [SetUp]
    public void Begin()
    {
        _link = new NameServerLink(_network, new NameServerList(A, B)) { OtherRegisterMet = _met.Add };
        _link.Register(Now, Name);
    }

    [Test]
    public void The_next_is_dialled_at_once_when_a_connection_ends_and_keeps_the_name()
    {
        Open();
        _link.Closed(Now);
        _link.Tick(Now);
        Dialled.Should().Equal([A, B], "at once");
        Open();

        Dialled.Should().Equal(A, B);
        _network.Sent.Where(f => f.Type == MessageType.Register).Select(f => f.To).Should().Equal(_network.Dialled.Select(d => d.Connection));

        Advance(Timing.LeaseMs, answers: true);
        Dialled.Should().Equal([A, B], "it keeps to the one that answers");
    }

    [Test]
    public void Somebody_else_at_an_address_of_the_list_says_nothing_about_registers()
    {
        Advance(Timing.TickMs);
        _link.Opened(Now, new Hello(Role.Replica, "1", new DiskId(99), new BootId(3), ClusterId.None, ""));
        Advance(Timing.TickMs);
        Open();

        _link.IsOpen.Should().BeTrue("the other one is a name server");
        _met.Should().BeEmpty();
    }

    [Test]
    public void When_all_have_failed_it_waits_before_it_begins_again()
    {
        for (int i = 0; i < 4; i++)
        {
            Advance(Timing.TickMs);
            if (_link.Connection != ConnectionId.None)
                _link.Closed(Now);
        }

        Dialled.Should().Equal(A, B);
        Advance(Timing.NameServerRedialMs);
        Dialled.Should().Equal(A, B, A);
    }

    [Test]
    public void Silence_is_left_within_a_second_before_the_hello_and_after_it()
    {
        long began = _nowMs;
        AdvanceUntil(() => Dialled.Count == 2);
        (_nowMs - began).Should().BeLessThanOrEqualTo(1_000);

        Open();
        began = _nowMs;
        AdvanceUntil(() => Dialled.Count == 3);
        (_nowMs - began).Should().BeLessThanOrEqualTo(1_000);
        _network.Closed.Should().HaveCount(2);
    }

    [Test]
    public void A_pause_of_this_process_is_no_silence_of_the_name_server()
    {
        Open();
        _link.Registered();
        _nowMs += 5_000;
        _link.Tick(Now);

        _network.Closed.Should().BeEmpty();
    }

    [Test]
    public void Another_register_is_left_and_told_once()
    {
        Open();
        _link.Closed(Now);
        for (int i = 0; i < 2; i++)
        {
            Advance(Timing.TickMs);
            _link.Opened(Now, Hello(new DiskId(8)));
            _link.IsOpen.Should().BeFalse();
            Open();
            _link.IsOpen.Should().BeTrue("the one that was in use answers again");
            _link.Closed(Now);
        }

        _met.Should().Equal(new OtherRegister(B, A));
    }

    [Test]
    public void The_register_may_change_where_it_is_and_a_name_server_may_keep_quiet_about_it()
    {
        Open();
        _link.Closed(Now);
        Open(DiskId.None);
        _link.IsOpen.Should().BeTrue("it is of an older version");
        _link.Closed(Now);
        Open(new DiskId(9));

        _link.IsOpen.Should().BeTrue();
        _met.Should().BeEmpty();
    }

    [Test]
    public void A_single_one_is_not_asked_whether_it_is_alive()
    {
        var link = new NameServerLink(_network, A);
        link.Tick(Now);
        link.Opened(Now, Hello(Register));
        for (int i = 0; i < 100; i++)
        {
            _nowMs += Timing.TickMs;
            link.Tick(Now);
        }

        _network.Sent.Should().BeEmpty();
        _network.Closed.Should().BeEmpty();
    }

    private Now Now => new(_nowMs, 0);

    private List<Endpoint> Dialled => [.. _network.Dialled.Select(d => d.Endpoint)];

    private static Hello Hello(DiskId register) => new(Role.NameServer, "nameserver", register, new BootId(5), ClusterId.None, "");

    private void Open(DiskId? register = null)
    {
        AdvanceUntil(() => _link.Connection != ConnectionId.None);
        _link.Opened(Now, Hello(register ?? Register));
    }

    private void Advance(int ms, bool answers = false)
    {
        for (int passed = 0; passed < ms; passed += Timing.TickMs)
        {
            _nowMs += Timing.TickMs;
            if (answers)
            {
                _link.Heard(Now);
                _link.Registered();
            }

            _link.Tick(Now);
        }
    }

    private void AdvanceUntil(Func<bool> isDone)
    {
        for (int i = 0; i < 200 && !isDone(); i++)
            Advance(Timing.TickMs);
        isDone().Should().BeTrue();
    }
}
