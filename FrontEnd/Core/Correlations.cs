namespace JustHungry.FrontEnd.Core;

/// <summary>What a replica's answer is the answer to. A Refused says so by its correlation only: its top bits name the question.</summary>
internal enum Question : byte
{
    Execute = 0,
    Barrier = 1,
    NewView = 2,
    Status = 3,
}

/// <summary>Correlations on a replica's connection: two bits for the question, the rest is the asker's.</summary>
internal static class Correlations
{
    private const int QuestionShift = 62;

    public static ulong Of(Question question, ulong number) => ((ulong)question << QuestionShift) | number;

    public static Question QuestionOf(ulong correlation) => (Question)(correlation >> QuestionShift);

    public static ulong NumberOf(ulong correlation) => correlation & ((1UL << QuestionShift) - 1);
}
