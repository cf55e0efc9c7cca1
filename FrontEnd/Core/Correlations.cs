namespace JustHungry.FrontEnd.Core;

/// <summary>
/// The question that a replica's answer belongs to. Any question may be answered by Refused, so the top bits of the correlation say which
/// it was.
/// </summary>
internal enum Question : byte
{
    Execute = 0,
    Barrier = 1,
    NewView = 2,
    Status = 3,
}

/// <summary>Correlations on a replica's connection: two bits name the question, the rest is up to whoever asks.</summary>
internal static class Correlations
{
    private const int QuestionShift = 62;

    public static ulong Of(Question question, ulong number) => ((ulong)question << QuestionShift) | number;

    public static Question QuestionOf(ulong correlation) => (Question)(correlation >> QuestionShift);

    public static ulong NumberOf(ulong correlation) => correlation & ((1UL << QuestionShift) - 1);
}
