using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Checks;

/// <summary>
/// Checks whether one shop, doing one operation at a time, could have given the users the answers they got, by Wing and Gong's search as
/// improved by Lowe ("Testing for linearizability", 2017), which remembers the states already tried. An unanswered update may have taken
/// effect at any time after it was asked, or never.
/// </summary>
internal static class Linearizability
{
    private const int OperationsMax = 128; // one bit for each in the key of a remembered state
    private const int StepsMax = 10_000_000;

    /// <param name="users">The users, by their indexes in the history.</param>
    /// <exception cref="ViolationException">No such shop could have.</exception>
    public static void Check(IReadOnlyList<Operation> history, IReadOnlyList<UserId> users)
    {
        CheckNumbers(history);
        List<Operation> operations = [.. history.Where(o => o.IsAnswered || o.IsUpdate)];
        if (operations.Count > OperationsMax)
            throw new InvalidOperationException($"{operations.Count} operations, where the search holds {OperationsMax}");

        var search = new Search(operations, users);
        if (!search.Run())
            throw new ViolationException("9: the users' history is not linearizable: " + search.Explain());
    }

    /// <summary>A shop-wide order number always stands for the same order, and the numbers in a list rise.</summary>
    private static void CheckNumbers(IReadOnlyList<Operation> history)
    {
        var numbers = new SortedDictionary<OrderNumber, (UserId User, int OrderId)>();
        foreach (Operation operation in history)
        {
            if (operation.Answer is not ShopOrdersAnswer { Orders: var orders })
                continue;
            OrderNumber last = OrderNumber.None;
            foreach (ShopOrder order in orders)
            {
                if (order.Number <= last || (!numbers.TryAdd(order.Number, (order.User, order.Order.OrderId)) && numbers[order.Number] != (order.User, order.Order.OrderId)))
                    throw new ViolationException($"9: the shop's order {order.Number} is another one than before, or out of turn: {operation}");
                last = order.Number;
            }
        }
    }

    private sealed class Search
    {
        private readonly List<Operation> _operations;
        private readonly ShopModel _model;
        private readonly HashSet<(UInt128 Done, ulong State)> _tried = [];
        private readonly Stack<(Event Call, Action? Undo)> _done = new();
        private readonly Event _head = new(-1, false);
        private readonly Event[] _returns;
        private UInt128 _bits;
        private UInt128 _longestBits;
        private int _longest = -1;

        public Search(List<Operation> operations, IReadOnlyList<UserId> users)
        {
            _operations = operations;
            _model = new ShopModel(users);
            _returns = new Event[operations.Count];
            Link();
        }

        public bool Run()
        {
            int answersLeft = _operations.Count(o => o.IsAnswered);
            Event? current = _head.Next;
            for (int steps = 0; answersLeft > 0; steps++)
            {
                if (steps > StepsMax)
                    throw new ViolationException("9: the search for a linearization took too long to end: make histories shorter");

                if (current is { IsReturn: false } call)
                {
                    UInt128 bit = UInt128.One << call.Operation;
                    if (_model.TryDo(_operations[call.Operation], out Action? undo))
                    {
                        if (_tried.Add((_bits | bit, _model.Hash())))
                        {
                            _bits |= bit;
                            _done.Push((call, undo));
                            Lift(call);
                            answersLeft -= _operations[call.Operation].IsAnswered ? 1 : 0;
                            current = _head.Next;
                            continue;
                        }

                        undo?.Invoke();
                    }

                    current = call.Next;
                    continue;
                }

                if (_done.Count > _longest)
                    (_longest, _longestBits) = (_done.Count, _bits);
                if (!_done.TryPop(out (Event Call, Action? Undo) last))
                    return false;
                last.Undo?.Invoke();
                _bits &= ~(UInt128.One << last.Call.Operation);
                answersLeft += _operations[last.Call.Operation].IsAnswered ? 1 : 0;
                Unlift(last.Call);
                current = last.Call.Next;
            }

            return true;
        }

        public string Explain()
        {
            IEnumerable<string> lines = _operations.Select((o, i) => ((_longestBits >> i) & 1) == 1 ? "      " + o : "   !? " + o);
            return $"at best {_longest} of {_operations.Count} operations fit, not those marked\n" + string.Join('\n', lines);
        }

        /// <summary>
        /// Links calls and returns in the order of their times; operations that meet in the same microsecond count as concurrent.
        /// </summary>
        private void Link()
        {
            var events = new List<(long AtUs, bool IsReturn, int Operation)>();
            for (int i = 0; i < _operations.Count; i++)
            {
                events.Add((_operations[i].InvokedUs, false, i));
                events.Add((_operations[i].ReturnedUs, true, i));
            }

            events.Sort();
            Event last = _head;
            foreach ((_, bool isReturn, int operation) in events)
            {
                var next = new Event(operation, isReturn) { Previous = last };
                last.Next = next;
                last = next;
                if (isReturn)
                    _returns[operation] = next;
            }
        }

        private void Lift(Event call)
        {
            call.Unlink();
            _returns[call.Operation].Unlink();
        }

        private void Unlift(Event call)
        {
            _returns[call.Operation].Relink();
            call.Relink();
        }
    }

    private sealed class Event(int operation, bool isReturn)
    {
        public int Operation { get; } = operation;

        public bool IsReturn { get; } = isReturn;

        public Event? Previous { get; set; }

        public Event? Next { get; set; }

        public void Unlink()
        {
            Previous!.Next = Next;
            if (Next is not null)
                Next.Previous = Previous;
        }

        public void Relink()
        {
            Previous!.Next = this;
            if (Next is not null)
                Next.Previous = this;
        }
    }
}
