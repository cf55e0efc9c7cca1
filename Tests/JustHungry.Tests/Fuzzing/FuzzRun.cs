using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using NUnit.Framework;

namespace JustHungry.Tests.Fuzzing;

/// <summary>
/// Runs one test again and again on every core, for some seconds of all cores together, each time with another seed, and says with which
/// it failed. The first seed is another one each time; JUSTHUNGRY_FUZZ_SEED repeats one run, JUSTHUNGRY_FUZZ_SECONDS makes all last longer.
/// </summary>
internal static class FuzzRun
{
    private const int CoreSeconds = 7;

    /// <param name="isEnough">It goes on until this holds too, on a busy machine for up to ten times as long.</param>
    /// <returns>False if only the run of one given seed was repeated.</returns>
    public static bool Repeat(Action<Random> run, int coreSeconds = CoreSeconds, Func<bool>? isEnough = null)
    {
        if (ReadNumber("JUSTHUNGRY_FUZZ_SEED") is { } given)
        {
            run(new Random(given));
            return false;
        }

        int cores = Environment.ProcessorCount;
        TimeSpan limit = TimeSpan.FromSeconds(ReadNumber("JUSTHUNGRY_FUZZ_SECONDS") ?? coreSeconds) / cores;
        int first = RandomNumberGenerator.GetInt32(int.MaxValue / 2), next = first;
        var failures = new ConcurrentQueue<(int Seed, Exception Error)>();
        long started = Stopwatch.GetTimestamp();
        Parallel.For(0, cores, new ParallelOptions { MaxDegreeOfParallelism = cores }, _ =>
        {
            while (failures.IsEmpty && GoesOn(Stopwatch.GetElapsedTime(started)))
            {
                int seed = Interlocked.Increment(ref next) - 1;
                try
                {
                    run(new Random(seed));
                }
                catch (Exception e)
                {
                    failures.Enqueue((seed, e));
                }
            }
        });
        TestContext.Out.WriteLine($"{next - first} runs, seeds from {first}");
        if (failures.TryDequeue(out (int Seed, Exception Error) failed))
            Fail(failed.Seed, failed.Error);
        return true;

        bool GoesOn(TimeSpan past) => past < limit || (isEnough?.Invoke() == false && past < 10 * limit);
    }

    private static void Fail(int seed, Exception e) => Assert.Fail(
        $"seed {seed}: {e.GetType().Name}: {e.Message}\nrepeat it with: JUSTHUNGRY_FUZZ_SEED={seed} dotnet test Tests/JustHungry.Tests " +
        $"--filter FullyQualifiedName={TestContext.CurrentContext.Test.FullName}\n{e.StackTrace}");

    private static int? ReadNumber(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : null;
}
