namespace JustHungry.Simulator.Exhaustive;

/// <summary>The bounds of an exhaustive search. Everything within them is tried in every order.</summary>
/// <param name="Members">How many replicas the first view has; k is 2.</param>
/// <param name="Spares">How many further replicas there are, which may join.</param>
/// <param name="Views">How often the view may change.</param>
/// <param name="Crashes">How often a replica may be killed or lose power; it may start again at any time.</param>
/// <param name="Orders">How many orders there are, each by another user; they contend for the same stock.</param>
/// <param name="Retries">How often a user may give up waiting and ask again, through the other front end.</param>
/// <param name="Looks">How many users ask what is left in stock.</param>
internal sealed record Scope(string Name, int Members, int Spares, int FrontEnds, int Views, int Crashes, int Orders, int Retries, int Looks)
{
    /// <summary>From the smallest to the widest.</summary>
    public static IReadOnlyList<Scope> All { get; } =
    [
        new("pair", Members: 2, Spares: 0, FrontEnds: 1, Views: 1, Crashes: 0, Orders: 1, Retries: 0, Looks: 0),
        new("handover", Members: 2, Spares: 0, FrontEnds: 2, Views: 1, Crashes: 0, Orders: 1, Retries: 1, Looks: 0),
        new("crash", Members: 2, Spares: 0, FrontEnds: 1, Views: 1, Crashes: 1, Orders: 1, Retries: 0, Looks: 0),
        new("look", Members: 2, Spares: 0, FrontEnds: 2, Views: 1, Crashes: 0, Orders: 1, Retries: 0, Looks: 1),
        new("three", Members: 3, Spares: 0, FrontEnds: 1, Views: 1, Crashes: 0, Orders: 1, Retries: 0, Looks: 0),
        new("join", Members: 2, Spares: 1, FrontEnds: 1, Views: 2, Crashes: 0, Orders: 1, Retries: 0, Looks: 0),
        new("twice", Members: 2, Spares: 0, FrontEnds: 2, Views: 2, Crashes: 1, Orders: 1, Retries: 1, Looks: 0),
        new("three-crash", Members: 3, Spares: 0, FrontEnds: 2, Views: 1, Crashes: 1, Orders: 1, Retries: 1, Looks: 0),
        new("wide", Members: 3, Spares: 0, FrontEnds: 2, Views: 2, Crashes: 2, Orders: 2, Retries: 1, Looks: 1),
    ];

    public static Scope Find(string name) => All.First(s => s.Name == name);
}
