using System.Buffers;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>What the users of a small world asked and were told, and the check that one shop could have told them so.</summary>
internal sealed class SmallUsers(Scope scope, Ledger ledger)
{
    private readonly List<Operation> _history = [.. SmallShop.Before(scope.Orders + scope.Looks)];
    private readonly Operation?[] _asked = new Operation?[scope.Orders + scope.Looks];
    private readonly HashSet<(int User, int FrontEnd)> _through = [];
    private readonly List<int> _events = [];
    private int _retriesLeft = scope.Retries;
    private long _clock = 1_000;

    public int Count => _asked.Length;

    /// <summary>Users who order are interchangeable, so the second never asks before the first.</summary>
    public bool MayAsk(int user, int frontEnd) => _asked[user] is not { } asked
        ? user == 0 || user >= scope.Orders || _asked[user - 1] is not null
        : !asked.IsAnswered && asked.IsUpdate && _retriesLeft > 0 && !_through.Contains((user, frontEnd));

    public void Ask(int user, SmallFrontEnd frontEnd)
    {
        if (_asked[user] is null)
        {
            _asked[user] = SmallShop.Wish(user, looks: user >= scope.Orders, ++_clock);
            _history.Add(_asked[user]!);
            _events.Add(user);
        }
        else
        {
            _retriesLeft--;
        }

        _through.Add((user, frontEnd.Number));
        frontEnd.Ask(user, SmallShop.Request(_asked[user]!));
    }

    public void Answered(int user, in ReadOnlySequence<byte> answer)
    {
        Operation operation = _asked[user]!;
        if (operation.IsUpdate)
            ledger.Releases(SmallShop.IdOf(user), operation.Sequence, operation.RequestId, answer);
        if (operation.IsAnswered)
        {
            if (operation.IsUpdate && !operation.AnswerBytes.AsSpan().SequenceEqual(answer.ToArray()))
                throw new ViolationException($"8: {operation} is answered again, otherwise");
            return;
        }

        operation.Answer = Answer.Read(answer);
        operation.AnswerBytes = answer.ToArray();
        operation.ReturnedUs = ++_clock;
        _events.Add(-1 - user);
        Linearizability.Check(_history, [.. Enumerable.Range(0, Count).Select(SmallShop.IdOf)]);
    }

    public void HashInto(StateHash hash)
    {
        hash.Add((ulong)_retriesLeft);
        foreach ((int user, int frontEnd) in _through.Order())
            hash.Add((ulong)((user * 10) + frontEnd));
        foreach (int one in _events)
            hash.Add((ulong)(one + 100));
        foreach (Operation? operation in _asked)
            hash.Add(operation?.AnswerBytes);
    }
}
