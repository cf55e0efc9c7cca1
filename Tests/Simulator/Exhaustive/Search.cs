using System.Diagnostics;
using System.Globalization;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>
/// Goes through every state of a small world. Cores can't be copied, so a state is a path of moves that is replayed from the start; digests
/// of the states seen keep the search from doing anything twice. If two moves touch nothing in common, both orders lead to the same state,
/// and only one is followed (sleep sets with remembered states: Godefroid, 1996). No state is left out.
/// </summary>
internal sealed class Search(Scope scope, int statesMax, TimeSpan timeMax)
{
    private const int Shards = 64;

    private readonly Dictionary<ulong, Sleeper[]>[] _seen = [.. Enumerable.Range(0, Shards).Select(_ => new Dictionary<ulong, Sleeper[]>())];
    private readonly List<Step?> _open = [null];
    private readonly Random _random = new(1);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _busy;
    private int _states;
    private int _deepest;
    private Found? _found;

    /// <summary>A move that need not be made here, because it was made earlier and nothing since has touched what it touches.</summary>
    private readonly record struct Sleeper(Move Move, int Touches);

    private sealed record Step(Step? Before, Move Move, int Depth, Sleeper[] Asleep);

    private sealed record Found(string Violation, IReadOnlyList<string> Path);

    private bool IsOver => _found is not null || _states >= statesMax || _watch.Elapsed >= timeMax;

    public SearchResult Run()
    {
        Parallel.For(0, Environment.ProcessorCount, _ => Work());
        return new SearchResult(scope, _states, _deepest, IsComplete: !IsOver && _open.Count == 0, _found?.Violation, _found?.Path ?? [], _watch.Elapsed);
    }

    private void Work()
    {
        while (!IsOver)
        {
            Interlocked.Increment(ref _busy);
            if (TryTake(out Step? step))
                Follow(step);
            if (Interlocked.Decrement(ref _busy) == 0 && _open.Count == 0)
                return;
        }
    }

    /// <summary>Takes a step from anywhere every other time, so that a search that does not complete has sampled all parts.</summary>
    private bool TryTake(out Step? step)
    {
        lock (_open)
        {
            step = null;
            if (_open.Count == 0)
                return false;
            int at = _random.Next(2) == 0 ? _random.Next(_open.Count) : _open.Count - 1;
            step = _open[at];
            _open[at] = _open[^1];
            _open.RemoveAt(_open.Count - 1);
            return true;
        }
    }

    /// <summary>
    /// Replays a path, and continues from its end as long as that leads to new states; the alternatives are left for later.
    /// </summary>
    private void Follow(Step? step)
    {
        SmallWorld world;
        try
        {
            world = Replay(step);
            while (!IsOver)
            {
                Sleeper[] asleep = step?.Asleep ?? [];
                List<Sleeper> moves = [.. world.Moves().Select(m => new Sleeper(m, world.Touches(m)))];
                List<Sleeper> awake = Wake(world.Digest(), moves, asleep);
                if (awake.Count == 0)
                    return;

                int depth = (step?.Depth ?? 0) + 1;
                if (depth > _deepest)
                    _deepest = depth;
                for (int i = awake.Count - 1; i > 0; i--)
                {
                    var later = new Step(step, awake[i].Move, depth, After(awake[i], [.. asleep, .. awake[..i]]));
                    lock (_open)
                        _open.Add(later);
                }

                step = new Step(step, awake[0].Move, depth, After(awake[0], asleep));
                world.Do(awake[0].Move);
            }
        }
        catch (Exception e) when (e is ViolationException or InvariantException or ProtocolViolationException)
        {
            _found ??= new Found(e.Message, Tell(step));
        }
    }

    /// <summary>The moves that still sleep after a move.</summary>
    private static Sleeper[] After(Sleeper done, Sleeper[] asleep) =>
        asleep.Length == 0 ? asleep : Array.FindAll(asleep, s => (s.Touches & done.Touches) == 0 && s.Move != done.Move);

    /// <summary>The moves to make here: those that don't sleep now and were not made on an earlier visit.</summary>
    private List<Sleeper> Wake(ulong digest, List<Sleeper> moves, Sleeper[] asleep)
    {
        Dictionary<ulong, Sleeper[]> shard = _seen[digest % Shards];
        lock (shard)
        {
            if (!shard.TryGetValue(digest, out Sleeper[]? before))
            {
                shard.Add(digest, asleep);
                Interlocked.Increment(ref _states);
                return moves.FindAll(m => !Array.Exists(asleep, s => s.Move == m.Move));
            }

            Sleeper[] still = Array.FindAll(before, b => Array.Exists(asleep, s => s.Move == b.Move));
            if (still.Length == before.Length)
                return [];
            shard[digest] = still;
            return moves.FindAll(m => Array.Exists(before, b => b.Move == m.Move) && !Array.Exists(still, s => s.Move == m.Move));
        }
    }

    private SmallWorld Replay(Step? last)
    {
        var world = new SmallWorld(scope);
        foreach (Move move in PathTo(last))
            world.Do(move);
        return world;
    }

    private static Move[] PathTo(Step? last)
    {
        var path = new Move[last?.Depth ?? 0];
        for (Step? step = last; step is not null; step = step.Before)
            path[step.Depth - 1] = step.Move;
        return path;
    }

    /// <summary>The path in words, up to the move that violated a rule.</summary>
    private List<string> Tell(Step? last)
    {
        List<string> lines = [];
        try
        {
            var world = new SmallWorld(scope);
            foreach (Move move in PathTo(last))
            {
                lines.Add(world.Describe(move));
                world.Do(move);
            }
        }
        catch (Exception e) when (e is ViolationException or InvariantException or ProtocolViolationException)
        {
            lines.Add(e.Message);
        }

        return lines;
    }
}

/// <summary>How far a search got.</summary>
/// <param name="Violation">Null if there was none.</param>
/// <param name="Path">What led to it.</param>
internal sealed record SearchResult(Scope Scope, int States, int Deepest, bool IsComplete, string? Violation, IReadOnlyList<string> Path, TimeSpan Took)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Scope.Name}: {States} states, {(IsComplete ? "complete" : "not complete")}, {(Violation is null ? 0 : 1)} violations, paths up to {Deepest} moves, {Took.TotalSeconds:0.0} s");
}
