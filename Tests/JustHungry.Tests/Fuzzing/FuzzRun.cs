using System.Diagnostics;
using System.Security.Cryptography;
using NUnit.Framework;

namespace JustHungry.Tests.Fuzzing;

/// <summary>
/// Runs one test again and again for some seconds, each time with another seed, and says with which it failed. The first seed is another
/// one each time; JUSTHUNGRY_FUZZ_SEED repeats one run, JUSTHUNGRY_FUZZ_SECONDS makes all last longer.
/// </summary>
internal static class FuzzRun
{
    private const int Seconds = 7;

    public static void Repeat(Action<Random> run)
    {
        if (ReadNumber("JUSTHUNGRY_FUZZ_SEED") is { } given)
        {
            run(new Random(given));
            return;
        }

        var limit = TimeSpan.FromSeconds(ReadNumber("JUSTHUNGRY_FUZZ_SECONDS") ?? Seconds);
        int first = RandomNumberGenerator.GetInt32(int.MaxValue / 2);
        long started = Stopwatch.GetTimestamp();
        int seed = first;
        while (Stopwatch.GetElapsedTime(started) < limit)
            RunOnce(seed++, run);
        TestContext.Out.WriteLine($"{seed - first} runs, seeds from {first}");
    }

    private static void RunOnce(int seed, Action<Random> run)
    {
        try
        {
            run(new Random(seed));
        }
        catch (Exception e)
        {
            Assert.Fail(
                $"seed {seed}: {e.GetType().Name}: {e.Message}\nrepeat it with: JUSTHUNGRY_FUZZ_SEED={seed} dotnet test Tests/JustHungry.Tests " +
                $"--filter FullyQualifiedName={TestContext.CurrentContext.Test.FullName}\n{e.StackTrace}");
        }
    }

    private static int? ReadNumber(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : null;
}
