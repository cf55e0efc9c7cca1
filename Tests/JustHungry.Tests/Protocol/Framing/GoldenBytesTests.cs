using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Framing;

/// <summary>The bytes on the wire, written down: a change here is a change of the protocol, and old and new no longer understand each other.</summary>
public sealed class GoldenBytesTests
{
    private static readonly View SomeView = new(
        new ClusterId(1), "JH", new Epoch(300), new ReplicaId("1"), [new Member(new ReplicaId("1"), new DiskId(2))],
        new Member(new ReplicaId("b"), new DiskId(3)), 2, 0);

    [Test]
    public void Ping_and_its_correlation() => Check("03000000 92 16 2A", 42, default(Ping));

    [Test]
    public void Hello_with_its_magic_and_version() => Check(
        "45000000 9A 01 00 CE4A48554E 01 03 A131 C41000000000000000000000000000000002 C41000000000000000000000000000000003 " +
        "C41000000000000000000000000000000004 A24A48",
        0, new Hello(Role.Replica, "1", new DiskId(2), new BootId(3), new ClusterId(4), "JH"));

    [Test]
    public void A_view_with_a_joining_replica() => Check(
        "4C000000 94 19 01 98 C41000000000000000000000000000000001 A24A48 CD012C A131 " +
        "91 92A131C41000000000000000000000000000000002 92A162C41000000000000000000000000000000003 02 00 00",
        1, new ViewIs(SomeView, GroupHealth.Healthy));

    [Test]
    public void No_view_and_a_register_that_was_lost() => Check("05000000 94 19 01 C0 01", 1, new ViewIs(null, GroupHealth.RegisterLost));

    [Test]
    public void A_registration() => Check(
        "5C000000 95 0A 05 98 A16E 92A168CD2382 C41000000000000000000000000000000001 C41000000000000000000000000000000002 03 91A16D " +
        "C41000000000000000000000000000000004 CD2710 C41000000000000000000000000000000000 C2",
        5, new Register(
            new Registration("n", new Endpoint("h", 9090), new DiskId(1), new ClusterId(2), new Epoch(3), ["m"], new BootId(4), 10_000), BootId.None, false));

    [Test]
    public void A_lookup_that_is_refused() => Check("05000000 94 1C 09 02 C0", 9, new NameRefused(NameRefusal.UnknownName, null));

    private static void Check<T>(string hex, ulong correlation, T message)
        where T : struct, IMessage<T>
    {
        byte[] golden = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        byte[] written = FrameBytes.Encode(correlation, message);
        Convert.ToHexString(written).Should().Be(Convert.ToHexString(golden));

        // Read again and written again: what was read is all that was there.
        FrameBytes.Encode(correlation, FrameBytes.Decode<T>(golden)).Should().Equal(golden);
    }
}
