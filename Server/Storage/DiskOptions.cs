using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Server.Storage;

/// <summary>The sizes of a disk's files and transactions. A server runs with the defaults; tests use far smaller ones.</summary>
internal sealed record DiskOptions
{
    /// <summary>
    /// How many entries are applied to the tables in one transaction: some 20 MiB and 200 ms, for which a stop has to wait. The larger a
    /// slice, the fewer answers and stocks are written only to be replaced by later entries: with a thousand busy users, a slice of 20,000
    /// entries writes four of five answers, one of 100,000 only one of six.
    /// </summary>
    public int SliceEntries { get; init; } = 100_000;

    public JournalOptions Journal { get; init; } = new();

    /// <summary>For tests: called on the tables' thread after each of its commits, with the tables' position.</summary>
    public Action<EntryPosition>? TablesCommitted { get; init; }
}
