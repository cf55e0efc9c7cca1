using System.Globalization;
using System.Text.RegularExpressions;
using JustHungry.FrontEnd.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>
/// What <c>frontend promote --unclean</c> printed before it was confirmed. Nothing may be lost of which it did not warn, unless a replica
/// that was to be stopped has run since.
/// </summary>
internal sealed partial class PrintedLoss
{
    private readonly UInt128 _proposalId;
    private readonly string[] _lines;
    private readonly bool _isWhole;
    private readonly List<(ReplicaNode Replica, int Starts)> _others;

    public PrintedLoss(UInt128 proposalId, GroupSurvey survey, ReplicaNode promoted, IEnumerable<ReplicaNode> others)
    {
        _proposalId = proposalId;
        SurveyedReplica replica = survey.Find(promoted.Id.Value)!;
        _lines = [.. UncleanConfirmation.Losses(survey, replica)];
        _isWhole = promoted.Core!.Replica.Log.Durable == promoted.Core.Replica.Log.Last; // else it may die before its last entries are synced
        _others = [.. others.Select(r => (r, r.Starts))];
    }

    /// <param name="lost">What was committed, and is not on the disk of the replica that goes on.</param>
    public void Check(Lineage lineage, IReadOnlyList<EntryPosition> lost)
    {
        if (lineage.Id != _proposalId || !_isWhole || _others.Exists(o => o.Replica.IsUp || o.Replica.Starts != o.Starts))
            return;
        if (_lines.Any(l => l.Contains("can't be reached", StringComparison.Ordinal)))
            return;
        int most = _lines.Select(l => Count().Match(l)).Where(m => m.Success).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty().Max();
        if (lost.Count > most)
            throw new ViolationException($"3: an unclean promotion loses {string.Join(", ", lost)}, and its operator had read: {string.Join("; ", _lines)}");
    }

    [GeneratedRegex(@"(\d+) (entries further|of its entries)")]
    private static partial Regex Count();
}
