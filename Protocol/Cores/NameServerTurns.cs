using JustHungry.Protocol.Ids;

namespace JustHungry.Protocol.Cores;

/// <summary>
/// Whose turn it is of several name servers: the same one while it answers; the next at once when its connection ends, and when it says nothing
/// for <see cref="Timing.NameServerSilenceMs"/>. Of a single one nothing is asked. Part of <see cref="NameServerLink"/>.
/// </summary>
/// <remarks>
/// Two registers would be two truths about one shop. So each name server tells in its hello which register it stands in front of, and one that
/// tells another than the others of the list is left. At one and the same endpoint the register may change: a lost one is begun anew.
/// </remarks>
internal sealed class NameServerTurns(NameServerList all)
{
    private const int AskMs = Timing.NameServerSilenceMs / 3;

    private readonly OrderedDictionary<Endpoint, bool> _others = [];
    private (Endpoint At, DiskId Register)? _known;
    private int _at;
    private int _failed;
    private long _heardMs;
    private long _askedMs;
    private long _tickedMs;

    public Endpoint Current => all[_at];

    /// <summary>How long a renewal may go unanswered: so short, with others to ask, that all of them are asked before a lease ends.</summary>
    public int AnswerMs => AreSeveral ? Timing.NameServerSilenceMs : Timing.LostMs;

    private bool AreSeveral => all.Count > 1;

    /// <summary>The connection in use has ended, or could not be opened. Answer: in how many ms to dial the next one.</summary>
    public int Next()
    {
        _at = (_at + 1) % all.Count;
        return ++_failed % all.Count == 0 ? Timing.NameServerRedialMs : 0;
    }

    public void Dialled(Now now) => _heardMs = _tickedMs = now.Ms;

    public void Opened(Now now)
    {
        _failed = 0;
        Heard(now);
    }

    public void Heard(Now now) => _heardMs = now.Ms;

    /// <summary>Nothing came though something was asked, unless this process itself stood still. Once a Tick.</summary>
    public bool IsSilent(Now now)
    {
        if (now.Ms - _tickedMs > Timing.PausedMs)
            _heardMs = now.Ms;
        _tickedMs = now.Ms;
        return AreSeveral && now.Ms - _heardMs > Timing.NameServerSilenceMs;
    }

    /// <summary>Whether to ask now if it is alive. True once for each question.</summary>
    public bool MustAsk(Now now)
    {
        if (!AreSeveral || now.Ms - _askedMs < AskMs)
            return false;
        _askedMs = now.Ms;
        return true;
    }

    /// <summary>Whether the name server that answered now stands in front of another register than the others.</summary>
    /// <param name="register">None: it is of an older version and does not say.</param>
    /// <param name="news">What to tell, the first time.</param>
    public bool IsOther(DiskId register, out OtherRegister? news)
    {
        news = null;
        if (!AreSeveral || register == DiskId.None)
            return false;
        if (_known is not { } known || known.At == Current || known.Register == register)
        {
            _known = (Current, register);
            _others.Remove(Current);
            return false;
        }

        if (_others.TryAdd(Current, true))
            news = new OtherRegister(Current, known.At);
        return true;
    }
}

/// <summary>Two name servers of one list have different registers.</summary>
/// <param name="Left">Is not asked.</param>
/// <param name="Kept">Was asked before.</param>
public sealed record OtherRegister(Endpoint Left, Endpoint Kept)
{
    public override string ToString() =>
        $"the name servers at {Kept} and {Left} have different registers, which would be two truths about one shop: {Left} is not asked. " +
        "Give one list only name servers that share one etcd cluster";
}
