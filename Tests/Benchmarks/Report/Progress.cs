namespace JustHungry.Benchmarks.Report;

/// <summary>Shows progress on a terminal; prints nothing if stderr is redirected.</summary>
internal static class Progress
{
    private const int BarChars = 30;
    private const int StepMs = 100;

    private static bool IsShown => !Console.IsErrorRedirected;

    /// <summary>Waits, and shows a progress bar.</summary>
    public static async Task WaitAsync(string what, double seconds)
    {
        for (double waited = 0; waited < seconds; waited += StepMs / 1000.0)
        {
            Show(what, waited / seconds);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(StepMs, (seconds - waited) * 1000))).ConfigureAwait(false);
        }

        Clear();
    }

    public static void Show(string what, double part)
    {
        if (!IsShown)
            return;

        int done = (int)(Math.Clamp(part, 0, 1) * BarChars);
        Console.Error.Write($"\r{what,-34} [{new string('#', done)}{new string('.', BarChars - done)}]");
    }

    public static void Clear()
    {
        if (IsShown)
            Console.Error.Write("\r\u001b[K"); // erase to the end of the line, ECMA-48 8.3.41
    }
}
