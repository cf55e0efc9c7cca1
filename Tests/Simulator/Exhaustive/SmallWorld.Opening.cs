using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.Disk;

namespace JustHungry.Simulator.Exhaustive;

internal sealed partial class SmallWorld
{
    private void Tell(int view, SmallReplica replica)
    {
        _told.Add((view, replica.Number));
        SmallEnd end = Connect(_teller, _teller.NextConnection(), replica);
        _teller.Send(end.Other.Id, 0, new NewView(_ledger.Views[view], Endpoints));
        replica.Deliver(end);
        _teller.Close(end.Other.Id);
        replica.Deliver(end);
    }

    /// <summary>Epoch 1 is over: when the search begins, the first promotion is done and everybody is level.</summary>
    private void Open()
    {
        var first = new View(
            new ClusterId(7), NameRules.DefaultGroup, new Epoch(1), _replicas[0].Id, [.. _replicas.Take(_scope.Members).Select(r => r.Member)], null, MinReplicas, 0);
        _ledger.ViewMade(first, ProposalKind.Bootstrap);
        foreach (SmallReplica member in _replicas.Take(_scope.Members))
        {
            member.Disk.WriteLog(new LogImage(first, EntryPosition.Start, [SmallShop.FirstEntries], IsInstalling: false));
            member.Disk.SyncLog();
        }

        foreach (SmallReplica replica in _replicas)
            replica.Start();
        _ledger.ViewMade(first with { Epoch = first.Epoch.Next }, ProposalKind.Promote);
        foreach (SmallReplica replica in _replicas)
            Tell(1, replica);
        Settle();
        foreach (SmallFrontEnd frontEnd in _frontEnds)
            frontEnd.Learn(_replicas[0], View.Epoch);
        Settle();
    }

    private void Settle()
    {
        OpenDialled();
        for (List<Move> moves = []; ; moves.Clear())
        {
            AddSteps(moves);
            if (moves.Count == 0)
                return;
            Do(moves[0]);
        }
    }
}
