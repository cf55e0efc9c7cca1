using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Commands;

/// <summary>What a view change did, in the words that operators read: the register calls every view with fewer members a Promote.</summary>
public static class ChangeName
{
    /// <summary><c>Drop 3</c>, <c>Join 4</c>, <c>Promote 2</c>, <c>Bootstrap</c>…</summary>
    /// <param name="previous">The view before; null if it is not known.</param>
    public static string Of(View? previous, MadeView made)
    {
        ArgumentNullException.ThrowIfNull(made);
        View view = made.View;
        return made.Kind switch
        {
            ProposalKind.Join => $"Join {view.Joining?.Id}",
            ProposalKind.Admit => $"Admit {view.Members[^1].Id}",
            ProposalKind.Promote when previous is not null && previous.Epoch.Next == view.Epoch && previous.Primary == view.Primary => Without(previous, view),
            ProposalKind.Promote or ProposalKind.Unclean => $"{made.Kind} {view.Primary}",
            _ => made.Kind.ToString(),
        };
    }

    /// <summary>Each change of a history, oldest first, with its name.</summary>
    public static IEnumerable<(MadeView Made, string Name)> OfAll(IReadOnlyList<MadeView> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return history.Select((made, i) => (made, Of(i > 0 ? history[i - 1].View : null, made)));
    }

    /// <summary>The primary stays. A joining replica that is gone too was dropped like a member.</summary>
    private static string Without(View previous, View view)
    {
        string[] gone = [.. previous.Members.Except(view.Members).Select(m => m.Id.Value)];
        if (gone.Length == 0 && previous.Joining is { } joining)
            gone = [joining.Id.Value];
        return gone.Length == 0 ? $"Promote {view.Primary}" : $"Drop {string.Join(' ', gone)}";
    }
}
