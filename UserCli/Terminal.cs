namespace JustHungry.UserCli;

/// <summary>What a person or a script sees and types. Only answers go to <paramref name="Out"/>.</summary>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error)
{
    public static Terminal OfProcess() => new(Console.In, Console.Out, Console.Error);
}
