using JustHungry.FrontEnd.Core;
using JustHungry.Server.Replication;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>
/// Limits so tight that a handful of users meets them: requests are refused, have to wait their turn, are given up while their answers
/// travel, and others take their slots. Each limit stays as large as in the daemons in some of the schedules.
/// </summary>
internal static class TightLimits
{
    public static FrontEndLimits OfFrontEnd(Chance chance)
    {
        var usual = new FrontEndLimits();
        return new FrontEndLimits
        {
            RequestsMax = chance.Pick([2, 3, usual.RequestsMax]),
            BytesMax = chance.Pick<long>([200, usual.BytesMax]),
            PerConnectionMax = chance.Pick([1, 2, usual.PerConnectionMax]),
            PerUserMax = chance.Pick([1, 2, usual.PerUserMax]),
            UnderWayBytesMax = chance.Pick([1, 2_000, usual.UnderWayBytesMax]),
            ConnectionBytesMax = chance.Pick([1, 1_000, usual.ConnectionBytesMax]),
            AllBytesMax = chance.Pick<long>([1, 20_000, usual.AllBytesMax]),
            LookUpsMax = chance.Pick([1, usual.LookUpsMax]),
            PatienceMs = chance.Pick([800, usual.PatienceMs]),
            WaitMaxMs = chance.Pick([1_500, usual.WaitMaxMs]),
        };
    }

    public static ReplicaOptions OfReplica(Chance chance, ReplicaOptions drawn)
    {
        var usual = new ReplicaOptions();
        return drawn with
        {
            UncommittedBytesMax = chance.Pick([50, 500, usual.UncommittedBytesMax]),
            UnsentAnswersMax = chance.Pick([100, 1_000, usual.UnsentAnswersMax]),
            LookUpsMax = chance.Pick([1, 2, usual.LookUpsMax]),
            BarriersMax = chance.Pick([1, 3, usual.BarriersMax]),
        };
    }

    /// <summary>The same sizes, and the limits of the daemons.</summary>
    public static ReplicaOptions None(ReplicaOptions drawn)
    {
        var usual = new ReplicaOptions();
        return drawn with
        {
            UncommittedBytesMax = usual.UncommittedBytesMax,
            UnsentAnswersMax = usual.UnsentAnswersMax,
            LookUpsMax = usual.LookUpsMax,
            BarriersMax = usual.BarriersMax,
        };
    }
}
