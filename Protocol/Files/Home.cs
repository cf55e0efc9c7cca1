namespace JustHungry.Protocol.Files;

/// <summary>Where everything that outlives a process is kept, unless an option says otherwise.</summary>
public static class Home
{
    public const string Variable = "JUSTHUNGRY_HOME";

    /// <summary>$JUSTHUNGRY_HOME, or <c>justhungry</c> in the user's local application data.</summary>
    public static string Directory =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home
            ? home
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "justhungry");
}
