using System.Globalization;
using System.Runtime.CompilerServices;
using FluentAssertions;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Cores;
using JustHungry.Server.Replication;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Cores;

/// <summary>How the times of the product relate, and that its pages give them as they are.</summary>
public sealed class TimingTests
{
    private const string Deadlines = "| deadline | value |";

    [Test]
    public void A_peer_is_silent_after_three_heartbeats()
    {
        Timing.SilenceMs.Should().Be(3 * Timing.HeartbeatMs);
        Timing.LostMs.Should().BeGreaterThan(2 * Timing.SilenceMs, "a connection is given up later than the peer is suspected: dialling anew would tell nothing new");
        var replica = new ReplicaOptions();
        (replica.HeartbeatMs, replica.SilenceMs, replica.StallMs, replica.LostMs).Should().Be((Timing.HeartbeatMs, Timing.SilenceMs, Timing.StallMs, Timing.LostMs));
    }

    [Test]
    public void A_pause_that_goes_unnoticed_makes_nobody_silent() =>
        (Timing.PausedMs + Timing.HeartbeatMs + Timing.TickMs).Should().BeLessThan(Timing.SilenceMs);

    [Test]
    public void A_tick_that_comes_100_ms_late_is_no_pause() => Timing.PausedMs.Should().BeGreaterThan(Timing.TickMs + 100);

    [Test]
    public void A_stall_is_over_when_two_reports_were_missed()
    {
        Timing.StallOverMs.Should().BeGreaterThan(2 * Timing.StallMs).And.BeLessThan(3 * Timing.StallMs);
        Timing.StallMs.Should().BeGreaterThan(Timing.SilenceMs, "whoever is silent is known to be so when the report comes");
    }

    [Test]
    public void A_view_gets_the_time_in_which_a_stall_is_reported_and_judged()
    {
        Timing.ViewPatienceMs.Should().BeGreaterThan(Timing.StallOverMs);
        Timing.ViewPatienceMaxMs.Should().Be(Timing.ViewPatienceMs << 3, "the wait is doubled three times");
        Timing.ViewCalmMs.Should().BeGreaterThan(Timing.ViewPatienceMaxMs, "else the doubling would end while it is on");
        Timing.SettleMs.Should().BeGreaterThan(Timing.ViewPatienceMs, "a view whose primary adopts it late may still settle")
            .And.BeLessThan(Timing.PatienceMs, "a spare that turns out to be needed joins before users are told that replicas are missing");
    }

    [Test]
    public void Three_renewals_fit_into_a_lease() => (3 * Timing.RenewalMs).Should().BeLessThan(Timing.LeaseMs);

    [Test]
    public void Whoever_lost_the_name_server_is_back_before_anybody_judges_who_is_there() =>
        (3 * (Timing.NameServerRedialMs + Timing.TickMs)).Should().BeLessThan(Timing.GatherMs);

    [Test]
    public void A_front_ends_patience_ends_before_the_CLIs_and_that_before_the_longest_wait()
    {
        Timing.PatienceMs.Should().BeLessThan(Timing.AnswerMs);
        Timing.AnswerMs.Should().BeLessThan(Timing.WaitMaxMs);
        (Timing.PatienceMs + Timing.SilenceMs + Timing.StallMs + Timing.ConnectMs).Should().BeLessThan(Timing.AnswerMs, "the answer needs time to arrive");
    }

    [Test]
    public void A_request_is_kept_for_as_long_as_a_promotion_takes() =>
        (2 * Timing.SilenceMs + Timing.ViewPatienceMs + Timing.StallMs).Should().BeLessThan(Timing.PatienceMs);

    [Test]
    public void A_postcode_may_be_looked_up_twice_and_a_view_change_in_between() =>
        ((2 * Timing.PostcodeMs) + Timing.PatienceMs).Should().BeLessThan(Timing.WaitMaxMs);

    [Test]
    public void Only_users_are_ever_idle()
    {
        Timing.IdleMs.Should().BeGreaterThan(10 * Timing.RenewalMs);
        Timing.IdleMs.Should().BeGreaterThan(10 * Timing.WaitMaxMs, "whoever waits for an answer is not idle");
    }

    [Test]
    public void A_handshake_has_more_time_than_connecting() => Timing.ConnectMs.Should().BeLessThan(Timing.HandshakeMs);

    [Test]
    public void A_process_has_stopped_two_seconds_after_the_signal() => (Timing.ResignMs + Timing.DrainMs).Should().BeLessThan(2_000);

    [Test]
    public void A_stopping_primary_waits_for_longer_than_another_takes_to_be_promoted() => Timing.ResignMs.Should().BeGreaterThan(2 * Timing.SilenceMs);

    /// <summary>A row more, less or other than these is a mistake of the page, or of this test.</summary>
    [Test]
    public void The_protocols_page_gives_every_deadline_as_it_is()
    {
        var options = new ReplicaOptions();
        (string, string)[] expected =
        [
            ("connecting / whole handshake", $"{S(Timing.ConnectMs)} / {S(Timing.HandshakeMs)}"),
            ("accepted connection without a frame, before it is closed (only users are so quiet; the CLI opens a new one silently)", S(Timing.IdleMs)),
            ("lease of a name / its renewal", $"{S(Timing.LeaseMs)} / every {S(Timing.RenewalMs)}"),
            ("a front end's `Status` to each replica; an `Append` to each follower, with or without entries", $"every {Ms(Timing.HeartbeatMs)}"),
            ("silence before a replica or primary counts as not heard", Ms(Timing.SilenceMs)),
            ("a tick so late that the time since the last one is no silence of others: the process stood still, or its loop was busy (ten times in a row at most for a peer that is not heard between)",
                Ms(Timing.PausedMs)),
            ("silence before a connection is dialled anew: a front end's to a replica, a primary's to a follower, a member's to another, everybody's to the name server",
                $"{S(Timing.LostMs)}; of a follower, and what its answer waits for at {options.ThinLinkBytesPerMs} kB/s"),
            ("a replica that could not be reached or hung up within a second, before it is dialled again (when the name server has news of it: the first figure)",
                $"{Ms(Timing.RedialMs)}; after {Redial.SoonMax} times doubling to {Ms(Timing.RedialMaxMs)}"),
            ("silence of a name server, before the next of the list is dialled (a reset: at once)", Ms(Timing.NameServerSilenceMs)),
            ("a member that holds up a barrier, before the first `MemberStalled`, and between two / without one, before the stall is over",
                $"{Ms(Timing.StallMs)} / {Ms(Timing.StallOverMs)}"),
            ("a primary that has not adopted the view that names it, before another is promoted", Doubling(Timing.ViewPatienceMs, Timing.ViewPatienceMaxMs)),
            ("whom a view was changed for, before it joins again",
                $"{Doubling(Blame.FirstMs, Blame.MostMs)}; disconnected: to {S(Blame.DisconnectedMostMs)}; while k are lacking: {S(Blame.NeededMs)} at most"),
            ("replicas that may still come: the name server's wait after its start, a front end's before the first view", S(Timing.GatherMs)),
            ("a transfer without progress / a spare that loads it, before it is given up", $"{S(options.TransferStuckMs)} / {S(options.TransferLoadMs)}"),
            ("answer to a user, at most, while the view can't commit / in any case", $"{S(Timing.PatienceMs)} / {S(Timing.WaitMaxMs)}"),
            ("the CLI's wait for an answer, before it asks again", S(Timing.AnswerMs)),
            ("a postcode look-up", S(Timing.PostcodeMs)),
            ("the last answers of a stopping process; a primary or front end before that, for another primary or for what it has taken",
                $"{S(Timing.DrainMs)}; {S(Timing.ResignMs)}"),
        ];

        string[] rows = [.. File.ReadLines(PageAt("Protocol/PROTOCOL.md")).SkipWhile(l => l != Deadlines).Skip(2).TakeWhile(l => l.StartsWith('|'))];
        rows.Select(r => r.Trim('|').Split(" | ")).Select(cells => (cells[0].Trim(), cells[1].Trim())).Should().Equal(expected);
    }

    [Test]
    public void The_pages_sentences_give_times_as_they_are()
    {
        string protocol = OneLine("Protocol/PROTOCOL.md");
        protocol.Should().Contain($"front end every {Ms(Timing.HeartbeatMs)}; operator");
        protocol.Should().Contain($"unasked, every {Ms(Timing.StallMs)} while it lasts");
        protocol.Should().Contain($"no barrier has completed for {S(Timing.ViewPatienceMs)} (doubling to {S(Timing.ViewPatienceMaxMs)})");
        protocol.Should().Contain($"or has led for {S(Timing.SettleMs)}");
        protocol.Should().Contain($"has acked whatever it got in the last {S(Follower.LatelyMs)} within {Ms(Timing.StallMs)}");
        protocol.Should().Contain($"a barrier is sent again after {Ms(BarrierQueue.RefusedMs)}, doubling to {Ms(BarrierQueue.RefusedMostMs)}");
        protocol.Should().Contain($"it waits {S(Timing.AnswerMs)} for each answer");

        string replication = OneLine("Server/REPLICATION.md");
        replication.Should().Contain($"none has completed for {S(Timing.ViewPatienceMs)} (twice as long each time, {S(Timing.ViewPatienceMaxMs)} at most, " +
            $"{S(Timing.ViewPatienceMs)} again after {S(Timing.ViewCalmMs)} without)");
        replication.Should().Contain($"not adopted its view within {S(Timing.ViewPatienceMs)} (doubling to {S(Timing.ViewPatienceMaxMs)})");
        replication.Should().Contain($"stays a spare for {S(Blame.FirstMs)}, then {2 * Blame.FirstMs / 1_000}, {4 * Blame.FirstMs / 1_000} … {S(Blame.MostMs)} " +
            $"({S(Blame.DisconnectedMostMs)} if its connection had broken, {S(Blame.NeededMs)} if the view lacks");
        replication.Should().Contain("when it has been well for ten minutes");
        Blame.CalmMs.Should().Be(10 * 60 * 1_000);
        replication.Should().Contain($"for its first {S(Timing.SettleMs)}, unless");
        replication.Should().Contain($"its last acks taking {Ms(Timing.StallMs)} or more");

        OneLine("ARCHITECTURE.md").Should().Contain($"silent for {Ms(Timing.SilenceMs)}").And.Contain($"Every {Ms(Timing.HeartbeatMs)} each replica is asked");
    }

    private static string Ms(int ms) => ms >= 1_000 ? $"{ms:#,0} ms" : $"{ms} ms";

    private static string S(int ms) => string.Create(CultureInfo.InvariantCulture, $"{ms / 1_000.0:0.##} s");

    private static string Doubling(int firstMs, int mostMs) => $"{S(firstMs)}, doubling to {S(mostMs)}";

    private static string OneLine(string page) => string.Join(' ', File.ReadLines(PageAt(page)).Select(l => l.Trim()));

    private static string PageAt(string page, [CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../..", page));
}
