namespace JustHungry.Protocol.Cores;

/// <summary>
/// The times that several programs share, or that only make sense beside each other. A time that concerns only one part is defined in
/// that part. <c>TimingTests</c> checks how they relate, and checks the table in PROTOCOL.md.
/// </summary>
/// <remarks>Safety depends on none of them: time only decides when somebody tries something.</remarks>
public static class Timing
{
    /// <summary>
    /// The time between a core's Ticks, unless it asks for fewer: three fit into the shortest time-out, so that none is late by much, and a
    /// process that has nothing to do wakes seldom.
    /// </summary>
    public const int TickMs = 40;

    // Who is heard

    /// <summary>
    /// How often a front end asks each replica for its status, and how often at least a primary sends each follower an Append, even an
    /// empty one.
    /// </summary>
    public const int HeartbeatMs = 100;

    /// <summary>
    /// A peer that has sent nothing for this long counts as silent: three heartbeats, so that one may be late and another lost.
    /// </summary>
    public const int SilenceMs = 3 * HeartbeatMs;

    /// <summary>
    /// A tick that comes this late means that the loop did not listen meanwhile. Half of SilenceMs, so that a shorter pause together with
    /// the time between two heartbeats makes no peer silent.
    /// </summary>
    public const int PausedMs = SilenceMs / 2;

    /// <summary>
    /// A connection on which nothing has arrived for this long is closed and dialled again: after a partition, TCP's own retries can take
    /// minutes.
    /// </summary>
    public const int LostMs = 2_000;

    /// <summary>
    /// How long after a failure a replica is dialled again. When it has not come back soon the wait is doubled, up to <see cref="RedialMaxMs"/>
    /// (<see cref="Redial"/>).
    /// </summary>
    public const int RedialMs = 100;

    /// <summary>
    /// Of a replica that starts again where it was, while no name server tells that, half a second is the longest delay. Of a stranger's
    /// address under a replica's name, two dials a second are the most it gets.
    /// </summary>
    public const int RedialMaxMs = 500;

    // Who holds up the others

    /// <summary>
    /// A member that holds up a barrier for this long is reported, and again each time this long has passed. A spare that takes this long
    /// to ack may not join.
    /// </summary>
    public const int StallMs = 500;

    /// <summary>A stall that was not reported again for this long is over: two reports are missing.</summary>
    public const int StallOverMs = 5 * StallMs / 2;

    /// <summary>
    /// How long a front end waits for a view to begin to work when its primary has not adopted it, completes no barrier, or is heard by
    /// members but not by this front end. Doubled each time that the next view is no better, up to <see cref="ViewPatienceMaxMs"/>.
    /// </summary>
    public const int ViewPatienceMs = 2_000;

    public const int ViewPatienceMaxMs = 16_000;

    /// <summary>A view that has worked for this long ends the doubling.</summary>
    public const int ViewCalmMs = 30_000;

    /// <summary>
    /// A barrier that has not completed for this long waits for more than disks that are only slow: two syncs of each of two disks, at 2 s.
    /// </summary>
    public const int SlowDisksMs = 8_000;

    /// <summary>
    /// How long a primary that has committed nothing in its epoch yet puts off the next Join: a backup's disk syncs the view, and then the
    /// epoch's ViewStarted. That is two syncs of one disk, at 1.5 s.
    /// </summary>
    public const int SettleMs = 3_000;

    // Names

    /// <summary>How long a name is kept without a renewal.</summary>
    public const int LeaseMs = 10_000;

    /// <summary>Three renewals fit into a lease.</summary>
    public const int RenewalMs = 3_000;

    /// <summary>
    /// How long after losing its connection a process dials the name server again. If the name server was restarted, everybody is back
    /// well within <see cref="GatherMs"/>.
    /// </summary>
    public const int NameServerRedialMs = 150;

    /// <summary>
    /// A name server that has said nothing for this long though it was asked whether it is alive is left for the next one of the list. With a
    /// few Ticks it is 1 s. It answers that without its storage, so that an election in etcd is no silence.
    /// </summary>
    public const int NameServerSilenceMs = 900;

    /// <summary>
    /// How long to wait for processes that may still come: in the name server after its start, before it judges a view change that
    /// depends on who is there; in a front end that has found k replicas, before it proposes the first view.
    /// </summary>
    public const int GatherMs = 1_000;

    // A user's request

    /// <summary>The longest that a postcode look-up may take.</summary>
    public const int PostcodeMs = 2_000;

    /// <summary>How long a front end keeps a request while the view can't commit: promotion, Join and Admit take less.</summary>
    public const int PatienceMs = 4_000;

    /// <summary>
    /// How long the CLI waits for an answer before it asks another front end under the same ids. A front end's patience is the usual
    /// reason to wait; the rest is for the network and a busy machine.
    /// </summary>
    public const int AnswerMs = 6_000;

    /// <summary>The longest that a front end keeps a request, for whatever reason: a postcode look-up may be made twice.</summary>
    public const int WaitMaxMs = 12_000;

    // Connections

    public const int ConnectMs = 1_000;

    /// <summary>The connection of a peer that has not finished its hello by then is closed.</summary>
    public const int HandshakeMs = 5_000;

    /// <summary>
    /// An accepted connection on which nothing has arrived for this long is closed (Kestrel's keep-alive default). Daemons send something
    /// with each renewal.
    /// </summary>
    public const int IdleMs = 130_000;

    // The end of a process: within 2 s of the signal

    /// <summary>How long a stopping process waits for its last answers to leave.</summary>
    public const int DrainMs = 500;

    /// <summary>How long a stopping primary waits for another to take over, and a front end for the answers to what it has taken.</summary>
    public const int ResignMs = 1_000;
}
