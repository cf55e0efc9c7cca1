using FluentAssertions;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Framing;

/// <summary>Whatever a name server, a front end or a replica may hold, what they say of it fits a frame: a longer message would end the sender.</summary>
public sealed class LongestFrames
{
    private static readonly UInt128 LongId = UInt128.MaxValue;
    private static readonly Endpoint LongEndpoint = new(string.Join('.', Enumerable.Repeat(new string('h', 63), 3)) + '.' + new string('h', Endpoint.HostCharsMax - 192), ushort.MaxValue);

    private static readonly Member[] Members =
        [.. Enumerable.Range(10, View.MembersMax).Select(i => new Member(new ReplicaId(i + new string('r', ReplicaId.CharsMax - 2)), new DiskId(LongId)))];

    private static readonly MemberEndpoint[] Endpoints = [.. Members.Select(m => new MemberEndpoint(m, LongEndpoint))];

    private static readonly View LongView = new(
        new ClusterId(LongId), new string('g', NameRules.GroupCharsMax), Epoch.Max, Members[0].Id, Members, null, View.MembersMax, int.MaxValue)
    {
        Lineage = new Lineage(LongId, Epoch.Max),
    };

    [Test]
    public void A_full_name_server_lists_all_its_names()
    {
        string[] metadata = [.. Enumerable.Repeat(new string('m', Registry.MetadataCharsMax / NameRules.MetadataCountMax), NameRules.MetadataCountMax)];
        var registration = new Registration(
            new string('n', NameRules.NameCharsMax), LongEndpoint, new DiskId(LongId), new ClusterId(LongId), Epoch.Max, metadata, new BootId(LongId), 24 * 3600 * 1000);
        Registry.IsValid(registration).Should().BeTrue();

        BytesOf(new Listed([.. Enumerable.Repeat(registration, Registry.NamesMax)])).Should().BeLessThan(FrameLimits.DaemonBytesMax);
        BytesOf(new NameRefused(NameRefusal.NameInUse, registration)).Should().BeLessThan(FrameLimits.UserBytesMax);
    }

    [Test]
    public void The_longest_views_are_told_of()
    {
        LongView.IsWellFormed.Should().BeTrue();
        MadeView made = new(ProposalKind.Unclean, LongView, DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        SpareReport[] spares = [.. Members.Select(m => new SpareReport(m, true, true))];
        StalledMember[] stalled = [.. Members.Select(m => new StalledMember(m, StallReason.LostEntries))];
        var last = new EntryPosition(new EntryIndex(ulong.MaxValue), Epoch.Max);

        BytesOf(new HistoryIs([.. Enumerable.Repeat(made, HistoryIs.ViewsMax)])).Should().BeLessThan(FrameLimits.DaemonBytesMax);
        BytesOf(new StatusReport(Members[0], new BootId(LongId), new ClusterId(LongId), ReplicaRole.Primary, LongView, last, last.Index, true, true, 64, spares, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()))
            .Should().BeLessThan(FrameLimits.DaemonBytesMax);
        BytesOf(new MemberStalled(Epoch.Max, stalled)).Should().BeLessThan(FrameLimits.DaemonBytesMax);
    }

    [Test]
    public void An_operator_may_propose_and_bring_the_longest_view()
    {
        BytesOf(new NewView(LongView, Endpoints)).Should().BeLessThan(FrameLimits.UserBytesMax);
        BytesOf(new Propose(LongId, ProposalKind.Unclean, Epoch.Max, LongView, Epoch.Max, true)).Should().BeLessThan(FrameLimits.UserBytesMax);
    }

    private static int BytesOf<T>(in T message)
        where T : struct, IMessage<T> => FrameBytes.Encode(ulong.MaxValue, message).Length;
}
