namespace JustHungry.NameServer.Registers;

/// <summary>A change to what the storage holds, which becomes durable as a whole or not at all.</summary>
/// <param name="Basis">The revision of what it was judged on.</param>
internal abstract record NameChange(long Basis);

/// <summary>Adds a name, or replaces what is stored of it, unless somebody else has put it since.</summary>
internal sealed record PutName(long Basis, StoredName Name) : NameChange(Basis);

/// <summary>Removes names, but none that somebody has put since.</summary>
internal sealed record RemoveNames(long Basis, IReadOnlyList<string> Names) : NameChange(Basis);

/// <summary>
/// Makes a view the last one of its group, and adds it to the history, of which the last <see cref="StoredView.KeptMax"/> and those that
/// <see cref="StoredView.IsKeptForEver"/> names are kept. It must still follow <paramref name="Previous"/>, no name may have been put since,
/// and the names that it rests on must be there.
/// </summary>
/// <param name="Previous">The last view that it was judged on; null if there was none.</param>
internal sealed record MakeView(long Basis, StoredView Made, StoredView? Previous, IReadOnlyList<string> RestsOn) : NameChange(Basis);
