using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Tests.Server.Storage.Journal;

/// <summary>What a journal should hold: a log kept in the simplest way. Immutable.</summary>
internal sealed record LogModel(View? Adopted, EntryPosition Base, IReadOnlyList<LogBatch> Batches, bool IsInstalling)
{
    public static LogModel Empty { get; } = new(null, EntryPosition.Start, [], false);

    public EntryPosition Last => Batches.Count > 0 ? Batches[^1].LastPosition : Base;

    public LogModel After(LogWrite write)
    {
        List<LogBatch> batches = [.. Batches.Where(b => write.CutFrom is not { } from || b.First < from), .. write.Append];
        EntryPosition @base = write.Base ?? Base;
        return this with { Adopted = write.Adopt ?? Adopted, Base = @base, Batches = [.. batches.Where(b => b.Last > @base.Index)] };
    }

    public LogModel Restarted(EntryPosition at, bool isInstalling) => new(Adopted, at, [], isInstalling);

    public static LogModel Of(LogState state) => new(state.Adopted, state.Base, [.. state.Batches], state.IsInstalling);

    public bool IsSame(LogModel other) =>
        Adopted?.Epoch == other.Adopted?.Epoch && Base == other.Base && IsInstalling == other.IsInstalling && Batches.Count == other.Batches.Count &&
        Batches.Zip(other.Batches).All(pair => IsSame(pair.First, pair.Second));

    public void ShouldBe(LogModel expected, string because = "") =>
        IsSame(expected).Should().BeTrue($"{this} should be {expected} {because}");

    public override string ToString() => $"[{Adopted?.Epoch} {(IsInstalling ? "installing " : "")}{Base}: {string.Join(' ', Batches)}]";

    private static bool IsSame(LogBatch a, LogBatch b) =>
        a.First == b.First && a.Count == b.Count && a.Epoch == b.Epoch && a.Checksum == b.Checksum && a.Entries.Span.SequenceEqual(b.Entries.Span);
}
