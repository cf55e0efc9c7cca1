using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Commands;

/// <summary>Shows what an unclean promotion may lose, and has the operator type the replica's id.</summary>
internal static class UncleanConfirmation
{
    public static bool Ask(GroupSurvey survey, SurveyedReplica replica)
    {
        Console.Error.WriteLine($"An unclean promotion makes {replica.Member.Id} the only member. What it lacks is lost, also what users were told is done.");
        Console.Error.WriteLine("Stop the other replicas first: they are not fenced, and could go on without it.");
        foreach (string line in Losses(survey, replica))
            Console.Error.WriteLine("  " + line);
        Console.Error.Write($"Type the replica's id ({replica.Member.Id}) to go on: ");
        return Console.In.ReadLine()?.Trim() == replica.Member.Id.Value;
    }

    /// <summary>One line for each other member: what it holds that this one may lack, as far as anybody can tell.</summary>
    public static IEnumerable<string> Losses(GroupSurvey survey, SurveyedReplica replica)
    {
        StatusReport promoted = replica.Report!.Value;
        EntryPosition own = promoted.Last;
        yield return $"{replica.Member.Id} stands at entry {own.Index} (epoch {own.Epoch}){(survey.IsInitialised(replica) ? ", a member" : ", NOT a member of the view")}";
        foreach (SurveyedReplica other in survey.Replicas.Where(r => r.Member != replica.Member))
        {
            if (other.Report is not { } report)
            {
                if (survey.IsInitialised(other))
                    yield return $"{other.Member.Id} can't be reached: it may hold more";
            }
            else if (report.Last.CompareTo(own) <= 0)
            {
                yield return $"{other.Member.Id} stands at entry {report.Last.Index} (epoch {report.Last.Epoch}): nothing that {replica.Member.Id} lacks";
            }
            else
            {
                yield return $"{other.Member.Id} stands at entry {report.Last.Index} (epoch {report.Last.Epoch}), {Lead(report, promoted)}";
            }
        }
    }

    /// <summary>
    /// Of one epoch the shorter log is the beginning of the longer one. But a log that ends in an earlier epoch may end in entries that were
    /// never acknowledged and that others replaced; only what its replica knows to be committed is surely the same.
    /// </summary>
    private static string Lead(in StatusReport other, in StatusReport promoted)
    {
        bool isBeginning = other.Last.Epoch == promoted.Last.Epoch;
        ulong same = isBeginning ? promoted.Last.Index.Value : Math.Min(promoted.Commit.Value, other.Last.Index.Value);
        ulong lacks = other.Last.Index.Value - same;
        string acknowledged = $"{Math.Max(0, (long)other.Commit.Value - (long)same)} of them known to be acknowledged";
        return isBeginning ? $"{lacks} entries further; {acknowledged}"
            : $"in a later epoch: {promoted.Self.Id} may lack up to {lacks} of its entries; {acknowledged}";
    }
}
