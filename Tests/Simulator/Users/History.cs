using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Users;

/// <summary>
/// What all users asked and were told. The linearizability check relies on nothing else, and in particular not on what servers say about
/// the order of things.
/// </summary>
internal sealed class History(SimWorld world)
{
    private readonly List<Operation> _operations = [];

    public IReadOnlyList<Operation> Operations => _operations;

    public int Answered { get; private set; }

    /// <summary>What was asked of the shop of which this one began as a copy.</summary>
    public History? Earlier { get; init; }

    /// <summary>Finds an update; null if its user was told that it was never sent.</summary>
    public Operation? Find(RequestId request) => _operations.Find(o => o.RequestId == request && o.IsUpdate) ?? Earlier?.Find(request);

    public void Invoke(Operation operation)
    {
        _operations.Add(operation);
        operation.BeginWait(world.NowUs);
        if (world.Trace.KeepsLines)
            world.Say("user" + operation.User, $"asks: {operation}");
    }

    /// <summary>The user was told that the operation had no effect, so it is treated as never asked.</summary>
    public void Withdraw(Operation operation)
    {
        _operations.Remove(operation);
        if (world.Trace.KeepsLines)
            world.Say("user" + operation.User, $"is told that it was never sent: {operation}");
    }

    /// <summary>The user has given up the operation, for good or until later.</summary>
    public void GiveUp(Operation operation) => operation.EndWait(world.NowUs);

    /// <summary>The user asks again.</summary>
    public void Resume(Operation operation) => operation.BeginWait(world.NowUs);

    /// <summary>A final answer has come. The first one settles the operation; every later one must be equal to it.</summary>
    public void Return(Operation operation, in ReadOnlySequence<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        if (operation.IsAnswered)
        {
            // A refusal without an entry leaves nothing to repeat, so a late copy may be answered Expired.
            bool isTooLate = Answer.Read(bytes).Code == AnswerCode.Expired;
            if (operation.IsUpdate && !isTooLate && !copy.AsSpan().SequenceEqual(operation.AnswerBytes))
                throw new ViolationException($"8: {operation} is answered again, otherwise: {AnswerText.Of(Answer.Read(bytes))}");
            return;
        }

        operation.Answer = Answer.Read(bytes);
        operation.AnswerBytes = copy;
        operation.ReturnedUs = world.NowUs;
        operation.EndWait(world.NowUs);
        Answered++;
        world.Trace.Mix(copy);
        if (world.Trace.KeepsLines)
            world.Say("user" + operation.User, $"is told: {operation}");
        if (operation.Answer.Code is AnswerCode.Expired or AnswerCode.RequestIdReused or AnswerCode.Rejected or AnswerCode.Unsupported)
            throw new ViolationException($"8: {operation} is answered {operation.Answer.Code}, and its user asks one thing at a time");
    }
}
