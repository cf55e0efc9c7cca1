using System.Diagnostics;
using System.Security.Cryptography;
using FluentAssertions;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Interleaving;

/// <summary>
/// CoreLoop, Connection and RpcClient, with their sockets, pool and time behind seams, so that a seed decides how everything interleaves:
/// half-closed connections, resets, calls that end at once, preempted threads. FuzzingTheLoop does the same on real sockets and threads.
/// </summary>
[Parallelizable(ParallelScope.Self)]
internal sealed class InterleavingTheLoop
{
    private const int Rounds = 2_000;

    /// <summary>Another first seed each time; JUSTHUNGRY_INTERLEAVINGS runs more, and JUSTHUNGRY_FUZZ_SEED repeats one.</summary>
    [Test]
    public void Whatever_comes_first_every_connection_has_one_life_and_every_call_one_end()
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("JUSTHUNGRY_INTERLEAVINGS"), out int given) ? given : Rounds;
        ulong first = (ulong)RandomNumberGenerator.GetInt32(int.MaxValue);
        if (ulong.TryParse(Environment.GetEnvironmentVariable("JUSTHUNGRY_FUZZ_SEED"), out ulong repeated))
            (first, rounds) = (repeated, 1);
        var watch = Stopwatch.StartNew();
        long steps = 0, preempted = 0;
        var failures = new List<string>();
        Parallel.For(0, rounds, (i, loop) =>
        {
            ulong seed = first + (ulong)i;
            try
            {
                Interleaver done = LoopRound.Run(seed);
                Interlocked.Add(ref steps, done.Steps);
                Interlocked.Add(ref preempted, done.Preempted);
            }
            catch (Exception e)
            {
                lock (failures)
                    failures.Add($"seed {seed}: {e.GetType().Name}: {e.Message}\nrepeat it with: JUSTHUNGRY_FUZZ_SEED={seed} dotnet test Tests/JustHungry.Tests --filter InterleavingTheLoop\n{e.StackTrace}");
                loop.Stop();
            }
        });
        TestContext.Out.WriteLine($"{rounds} interleavings from {first}, {steps} steps, {preempted} preempted threads, {watch.Elapsed.TotalSeconds:0.0} s");
        failures.Should().BeEmpty();
    }

    [Test]
    public void A_seed_takes_one_course()
    {
        for (ulong seed = 1; seed <= 20; seed++)
            LoopRound.Run(seed).Hash.Should().Be(LoopRound.Run(seed).Hash);
    }
}
