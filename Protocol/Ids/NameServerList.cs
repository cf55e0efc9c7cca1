namespace JustHungry.Protocol.Ids;

/// <summary>
/// The name servers of a shop, in the order in which they are asked: the first, and the others while it does not answer. All of them stand in
/// front of one register.
/// </summary>
/// <remarks>At least one, and each once.</remarks>
public sealed record NameServerList
{
    public const int CountMax = 8;

    private readonly Endpoint[] _all;

    public NameServerList(params IEnumerable<Endpoint> all)
    {
        _all = [.. all.Distinct()];
        if (_all.Length is 0 or > CountMax)
            throw new ArgumentException($"1 to {CountMax} name servers", nameof(all));
    }

    public IReadOnlyList<Endpoint> All => _all;

    /// <summary>The one that is asked first: by it a shop is known.</summary>
    public Endpoint First => _all[0];

    public int Count => _all.Length;

    public Endpoint this[Index at] => _all[at];

    /// <summary>Reads <c>H:P[,H:P…]</c>.</summary>
    public static bool TryParse(string? text, out NameServerList list)
    {
        list = null!;
        List<Endpoint> all = [];
        foreach (string one in (text ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (!Endpoint.TryParse(one, out Endpoint endpoint))
                return false;
            all.Add(endpoint);
        }

        if (all.Distinct().Count() > CountMax)
            return false;
        list = new NameServerList(all);
        return true;
    }

    public static NameServerList FromEndpoint(Endpoint only) => new(only);

    public static implicit operator NameServerList(Endpoint only) => FromEndpoint(only);

    public bool Equals(NameServerList? other) => other is not null && _all.SequenceEqual(other._all);

    public override int GetHashCode() => HashCode.Combine(First, Count);

    public override string ToString() => string.Join(',', _all);
}
