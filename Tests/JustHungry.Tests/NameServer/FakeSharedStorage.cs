using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Tests.NameServer;

/// <summary>A storage that others change too, and that answers when the test says so.</summary>
internal sealed class FakeSharedStorage : INameStorage
{
    private readonly Queue<Action<Now, StoredState?>> _reads = [];
    private readonly Queue<Action<Now, Committed>> _commits = [];
    private readonly Queue<Action<Now, Renewal>> _renewals = [];

    public bool IsShared => true;

    public StoredState State { get; set; } = new(1, [], []);

    public List<NameChange> Changes { get; } = [];

    public int ReadsAsked => _reads.Count;

    public void Read(Now now, Action<Now, StoredState?> then) => _reads.Enqueue(then);

    public void Commit(Now now, NameChange change, Action<Now, Committed> then)
    {
        Changes.Add(change);
        _commits.Enqueue(then);
    }

    public void Renew(Now now, string name, Action<Now, Renewal> then) => _renewals.Enqueue(then);

    public void ReadHistory(Now now, string group, Epoch after, int countMax, Action<Now, IReadOnlyList<MadeView>?> then) => then(now, null);

    /// <summary>Answers the oldest read with what is stored now, or, if it is away, with nothing.</summary>
    public void AnswerRead(bool isAway = false) => _reads.Dequeue()(default, isAway ? null : State);

    public void AnswerCommit(CommitOutcome outcome) => _commits.Dequeue()(default, new Committed(outcome, State.Revision + 1));

    public void AnswerRenewal(Renewal renewal) => _renewals.Dequeue()(default, renewal);

    public void Dispose()
    {
    }
}
