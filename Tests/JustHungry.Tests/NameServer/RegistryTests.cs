using FluentAssertions;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.NameServer;

public sealed class RegistryTests
{
    private Registry _registry = new();

    [SetUp]
    public void Begin() => _registry = new Registry();

    [Test]
    public void A_name_that_another_process_holds_is_refused_with_its_holder()
    {
        Register(0, Name("n", boot: 1)).Should().BeNull();

        NameRefused? refused = Register(0, Name("n", boot: 2));

        refused!.Value.Reason.Should().Be(NameRefusal.NameInUse);
        refused.Value.Holder!.Boot.Should().Be(new BootId(1));
    }

    [TestCase(1, 0, false, true, TestName = "The_same_process_renews")]
    [TestCase(2, 1, false, true, TestName = "A_newcomer_that_found_the_holder_dead_replaces_it")]
    [TestCase(2, 3, false, false, TestName = "A_newcomer_that_found_somebody_else_dead_does_not")]
    [TestCase(2, 0, true, true, TestName = "A_forced_registration_replaces_anybody")]
    [TestCase(2, 0, false, false, TestName = "A_newcomer_that_found_nobody_dead_does_not")]
    public void Who_may_take_a_held_name(int boot, int replaces, bool always, bool takes)
    {
        Register(0, Name("n", boot: 1));

        NameRefused? refused = Register(0, Request(Name("n", boot), replaces, always));

        (refused is null).Should().Be(takes);
        _registry.Find("n")!.Registration.Boot.Should().Be(new BootId((UInt128)(takes ? boot : 1)));
    }

    [Test]
    public void A_mere_renewal_is_not_stored_and_a_change_is()
    {
        Store(Name("n")).Should().NotBeNull();
        Store(Name("n")).Should().BeNull();
        Store(Name("n") with { Endpoint = new Endpoint("127.0.0.1", 5000) }).Should().NotBeNull();
        Store(Name("n") with { Adopted = new Epoch(1), Endpoint = new Endpoint("127.0.0.1", 5000) }).Should().NotBeNull();
        Store(Name("n", metadata: "m")).Should().NotBeNull();
        Store(Name("n", metadata: "m")).Should().BeNull();
    }

    [Test]
    public void A_name_lapses_when_its_lease_ends_and_not_before()
    {
        Register(1_000, Name("n", leaseMs: 10_000));

        RemoveLapsed(10_999).Should().BeEmpty();
        Register(10_999, Name("n", leaseMs: 10_000));
        RemoveLapsed(20_998).Should().BeEmpty("it was renewed");
        RemoveLapsed(20_999).Should().ContainSingle();
        _registry.Find("n").Should().BeNull();
    }

    [Test]
    public void A_name_without_a_lease_stays()
    {
        Register(0, Name("n", leaseMs: 0));
        RemoveLapsed(long.MaxValue).Should().BeEmpty();
    }

    [Test]
    public void While_the_name_server_stood_still_no_lease_runs()
    {
        Register(0, Name("n", leaseMs: 10_000));
        Register(0, Name("stays", leaseMs: 0));

        _registry.Extend(60_000);

        RemoveLapsed(69_999).Should().BeEmpty();
        RemoveLapsed(70_000).Should().ContainSingle();
    }

    [Test]
    public void Names_are_listed_in_the_order_they_were_first_recorded()
    {
        Register(0, Name("c"));
        Register(0, Name("a"));
        Register(0, Name("b"));
        Register(1, Request(Name("c", boot: 2), replaces: 1)); // replaced: it keeps its place
        Remove("a", isPrefix: false);
        Register(2, Name("a")); // gone and back: at the end of the queue

        Listed().Should().Equal("c", "b", "a");
    }

    [Test]
    public void A_list_is_narrowed_by_prefix_and_by_all_or_any_metadata()
    {
        Register(0, Name("backend.1", metadata: ["backend", "group:A"]));
        Register(0, Name("backend.2", metadata: ["backend", "group:B"]));
        Register(0, Name("front", metadata: ["group:A"]));

        Listed("backend.").Should().Equal("backend.1", "backend.2");
        Listed("", false, "backend", "group:A").Should().Equal("backend.1");
        Listed("", true, "backend", "group:A").Should().Equal("backend.1", "backend.2", "front");
        Listed("f", true, "backend", "group:A").Should().Equal("front");
        Listed("", false, "nobody").Should().BeEmpty();
    }

    [Test]
    public void A_groups_replicas_are_told_by_their_metadata_front_of_the_queue_first()
    {
        Register(0, Replica(Member("2")));
        Register(0, Replica(Member("1")) with { Name = "any-name" });
        Register(0, Replica(Member("3"), group: "other"));
        Register(0, Replica(Member("4")) with { Disk = DiskId.None });
        Register(0, Replica(Member("5")) with { Metadata = ["backend", "group:" + Group] });
        Register(0, Name("front", metadata: ["front-end", "group:" + Group]));

        _registry.ReplicasOf(Group).Select(e => e.Replica!.Member).Should().Equal(Member("2"), Member("1"));
    }

    [Test]
    public void Names_are_removed_one_by_one_or_by_prefix()
    {
        Register(0, Name("a.1"));
        Register(0, Name("a.2"));
        Register(0, Name("b"));

        Remove("a", isPrefix: false).Should().BeEmpty("it is no whole name");
        Remove("a.1", isPrefix: false).Should().ContainSingle();
        Remove("a", isPrefix: true).Should().ContainSingle();
        _registry.Count.Should().Be(1);
    }

    [Test]
    public void What_is_not_a_name_is_refused()
    {
        Registration good = Name("n");
        Registration[] bad =
        [
            good with { Name = "" },
            good with { Name = "two words" },
            good with { Name = "line\nbreak" },
            good with { Name = new string('n', 129) },
            good with { Boot = BootId.None },
            good with { LeaseMs = -1 },
            good with { Endpoint = new Endpoint("", 1) },
            good with { Endpoint = new Endpoint("no\nhost", 1) },
            good with { Endpoint = new Endpoint("127.0.0.1", 0) },
            good with { Metadata = [""] },
            good with { Metadata = ["bell\a"] },
            good with { Metadata = [.. Enumerable.Repeat(new string('m', 128), 5)] },
            good with { Adopted = new Epoch(ulong.MaxValue) },
        ];

        bad.Should().OnlyContain(r => Register(0, r) != null && Register(0, r)!.Value.Reason == NameRefusal.InvalidName);
        _registry.Count.Should().Be(0);
    }

    [Test]
    public void The_number_of_names_is_bounded_and_all_of_the_longest_fit_into_one_answer()
    {
        Registration Longest(int i) => Name(
            $"{i}".PadLeft(128, 'n'), leaseMs: int.MaxValue / 1_000, metadata: [.. Enumerable.Repeat(new string('m', 128), 4)]) with
        {
            Endpoint = new Endpoint(string.Join('.', Enumerable.Repeat(new string('h', 49), 5)), 65_535),
            Disk = new DiskId(UInt128.MaxValue),
            Adopted = new Epoch(1UL << 62),
        };
        for (int i = 0; i < Registry.NamesMax; i++)
            Register(0, Longest(i)).Should().BeNull();

        Register(0, Longest(Registry.NamesMax))!.Value.Reason.Should().Be(NameRefusal.TooManyNames);
        Register(0, Longest(0)).Should().BeNull("those that are held are renewed");

        var listed = new Listed(_registry.List(new List("", [], false)));
        JustHungry.Tests.Protocol.Framing.FrameBytes.Encode(1, listed).Length.Should().BeLessThan(1024 * 1024);
    }

    [Test]
    public void Leases_of_restored_names_begin_anew_and_their_order_goes_on()
    {
        _registry.Restore(5_000, [new StoredName(3, Name("old"))]);
        RemoveLapsed(14_999).Should().BeEmpty();

        Register(14_999, Request(Name("new")), out StoredName? stored);

        stored!.Order.Should().BeGreaterThan(3);
        Listed().Should().Equal("old", "new");
        RemoveLapsed(15_000).Should().Equal("old");
    }

    [Test]
    public void Names_of_another_group_are_neither_taken_nor_removed()
    {
        Register(0, Name("a.1") with { Metadata = ["backend", "group:g"] }).Should().BeNull();
        Register(0, Name("a.2") with { Metadata = ["backend", "group:other"] }).Should().BeNull();

        foreach (bool always in new[] { false, true })
            Register(0, Request(Name("a.2", boot: 2), replaces: 1, always))!.Value.Reason.Should().Be(NameRefusal.NameInUse);
        Remove("a.2", isPrefix: false).Should().BeEmpty();
        Remove("a", isPrefix: true).Should().Equal("a.1");
        Remove("a.2", isPrefix: false, "other").Should().ContainSingle();
    }

    private NameRefused? Register(long nowMs, Registration registration) => Register(nowMs, Request(registration), out _);

    private NameRefused? Register(long nowMs, Register request) => Register(nowMs, request, out _);

    /// <summary>As the core does, with a storage that takes every change.</summary>
    private NameRefused? Register(long nowMs, Register request, out StoredName? toStore)
    {
        toStore = null;
        if (_registry.Refuse(request, "g") is { } refused)
            return refused;

        StoredName name = _registry.ToStore(request.Registration);
        toStore = _registry.IsRenewal(request.Registration) ? null : name;
        _registry.Hold(nowMs, name);
        return null;
    }

    private IReadOnlyList<string> Remove(string name, bool isPrefix, string group = "g") => Removed(_registry.Named(name, isPrefix, group));

    private IReadOnlyList<string> RemoveLapsed(long nowMs) => Removed(_registry.Lapsed(nowMs));

    private IReadOnlyList<string> Removed(IReadOnlyList<string> names)
    {
        _registry.Remove(names);
        return names;
    }

    private StoredName? Store(Registration registration)
    {
        Register(0, Request(registration), out StoredName? stored).Should().BeNull();
        return stored;
    }

    private IEnumerable<string> Listed(string prefix = "", bool any = false, params string[] metadata) =>
        _registry.List(new List(prefix, metadata, any)).Select(r => r.Name);
}
