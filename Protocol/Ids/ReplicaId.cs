namespace JustHungry.Protocol.Ids;

/// <summary>What an operator calls a replica: the ID of <c>server ID</c>. 1 to 32 letters, digits, dots and hyphens, a letter or digit first.</summary>
public readonly record struct ReplicaId(string Value)
{
    public const int CharsMax = 32;

    public static bool IsValid(string? text) =>
        text is { Length: >= 1 and <= CharsMax } && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');

    public override string ToString() => Value;
}
