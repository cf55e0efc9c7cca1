namespace JustHungry.Protocol.Cores;

/// <summary>
/// The times that several programs share, or that only make sense beside each other. In milliseconds. A time that concerns one part alone
/// stands in that part. How they relate is tested (<c>TimingTests</c>), and so is the table in PROTOCOL.md.
/// </summary>
/// <remarks>None of them takes part in what is safe: time only decides when somebody tries something.</remarks>
public static class Timing
{
    /// <summary>How often a core's Tick comes: several times in the shortest time-out, so that none is late by much.</summary>
    public const int TickMs = 20;

    // Who is heard

    /// <summary>A front end asks each replica for its status so often, and a primary sends each follower an Append, if only an empty one.</summary>
    public const int HeartbeatMs = 100;

    /// <summary>A peer that has brought nothing for so long is not heard: three heartbeats, so that one may be late and another lost.</summary>
    public const int SilenceMs = 3 * HeartbeatMs;

    /// <summary>
    /// A tick that comes so late means that the loop did not listen meanwhile. Half of the silence that makes a peer suspect: a shorter pause
    /// and the time between two heartbeats stay below it.
    /// </summary>
    public const int PausedMs = SilenceMs / 2;

    /// <summary>A connection that has brought nothing for so long is closed and dialled anew: after a partition, TCP's own retries can take minutes.</summary>
    public const int LostMs = 2_000;

    // Who holds up the others

    /// <summary>A member that holds up a barrier for so long is reported, and again after as long. A spare that takes so long to ack does not join.</summary>
    public const int StallMs = 500;

    /// <summary>A stall that was not reported again for so long is over: two reports were missed.</summary>
    public const int StallOverMs = 5 * StallMs / 2;

    /// <summary>
    /// So long a front end waits for a view to work whose primary has not adopted it, completes no barrier, or is heard by members but not by
    /// this front end. Doubled each time, since the next view was no better, up to <see cref="ViewPatienceMaxMs"/>.
    /// </summary>
    public const int ViewPatienceMs = 2_000;

    public const int ViewPatienceMaxMs = 16_000;

    /// <summary>A view that worked for so long ends the doubling.</summary>
    public const int ViewCalmMs = 30_000;

    // Names

    /// <summary>How long a name stays without a renewal.</summary>
    public const int LeaseMs = 10_000;

    /// <summary>Three renewals fit into a lease.</summary>
    public const int RenewalMs = 3_000;

    /// <summary>How long after a lost connection the name server is dialled again: who lost it because it was restarted is back well within <see cref="GatherMs"/>.</summary>
    public const int NameServerRedialMs = 150;

    /// <summary>
    /// How long those who may still come are waited for: by the name server after its start, before it judges a view change that needs to know
    /// who is there; by a front end with k replicas, before the first view.
    /// </summary>
    public const int GatherMs = 1_000;

    // A user's request

    /// <summary>A postcode look-up gets no longer.</summary>
    public const int PostcodeMs = 2_000;

    /// <summary>A front end keeps a request so long while replicas answer and the view can't commit: promotion, Join and Admit take less.</summary>
    public const int PatienceMs = 4_000;

    /// <summary>
    /// The CLI waits so long for an answer, then asks another front end under the same ids: longer than a front end's patience, which is the
    /// usual reason to wait. The rest is for the network and a busy machine.
    /// </summary>
    public const int AnswerMs = 6_000;

    /// <summary>However it comes about, a front end keeps no request longer: a postcode look-up may be made twice.</summary>
    public const int WaitMaxMs = 12_000;

    // Connections

    public const int ConnectMs = 1_000;

    /// <summary>A peer that has not finished its hello by then is closed.</summary>
    public const int HandshakeMs = 5_000;

    /// <summary>An accepted connection that has brought nothing for so long is closed (Kestrel's keep-alive default): daemons say something with each renewal.</summary>
    public const int IdleMs = 130_000;

    // The end of a process: within 2 s of the signal

    /// <summary>How long a stopping process lets its last answers leave.</summary>
    public const int DrainMs = 500;

    /// <summary>How long a stopping primary waits for another to take over, and a front end for the answers to what it has taken.</summary>
    public const int ResignMs = 1_000;
}
