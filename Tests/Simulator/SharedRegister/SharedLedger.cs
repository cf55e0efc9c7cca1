using JustHungry.NameServer.Etcd;
using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.SharedRegister;

/// <summary>
/// What the register must be, whichever name server is asked: one view after the other, each made on what was true at that moment; no read
/// older than the question; nobody told that they lost who won.
/// </summary>
internal sealed class SharedLedger
{
    private readonly EtcdModel _model;
    private readonly Dictionary<UInt128, Epoch> _made = [];
    private readonly HashSet<UInt128> _toldLost = [];

    public SharedLedger(EtcdModel model)
    {
        _model = model;
        model.Written = OnWritten;
    }

    /// <summary>The view that the register holds, before anybody is told.</summary>
    public View? View { get; private set; }

    public int Views => _made.Count;

    /// <summary>An operator has restored an older copy; what was made since is gone.</summary>
    public void Restored()
    {
        View = _model.Under(EtcdKeys.Views).Select(EtcdValues.ToView).FirstOrDefault()?.View;
        foreach (UInt128 lost in (UInt128[])[.. _made.Where(m => m.Value > (View?.Epoch ?? Epoch.None)).Select(m => m.Key)])
            _made.Remove(lost);
    }

    public void Answered(in Propose proposal, in Proposed answer)
    {
        bool wasMade = _made.ContainsKey(proposal.ProposalId);
        if (answer.Outcome == ProposalOutcome.Accepted)
            Require(wasMade, $"epoch {proposal.View.Epoch} was accepted, and the register never held it");
        if (answer.Outcome != ProposalOutcome.LostRace)
            return;
        Require(!wasMade || View!.Epoch > proposal.View.Epoch, $"the proposal of epoch {proposal.View.Epoch} lost, and its view is in force");
        _toldLost.Add(proposal.ProposalId);
    }

    /// <param name="atLeast">What the register held when the question was asked.</param>
    public void Answered(Epoch atLeast, in ViewIs answer)
    {
        Epoch epoch = answer.View?.Epoch ?? Epoch.None;
        Require(epoch >= atLeast, $"a view of epoch {epoch} was told after epoch {atLeast} was made");
        Require(epoch <= (View?.Epoch ?? Epoch.None), $"a view of epoch {epoch} was told that the register does not hold");
    }

    private void OnWritten(KeyValue? before, KeyValue pair)
    {
        if (!pair.Key.Span.StartsWith(EtcdKeys.Views.Span))
            return;

        StoredView made = EtcdValues.ToView(pair);
        StoredView? previous = before is null ? null : EtcdValues.ToView(before);
        Registration[] names = [.. _model.Under(EtcdKeys.Names).Select(EtcdValues.ToRegistration)];
        Require(made.View.Epoch == (previous?.View.Epoch ?? Epoch.None).Next, $"epoch {made.View.Epoch} follows {previous?.View.Epoch}");
        Require(!_toldLost.Contains(made.ProposalId), $"the proposal of epoch {made.View.Epoch} was told that it lost, and was made afterwards");
        Require(_made.TryAdd(made.ProposalId, made.View.Epoch), $"the proposal of epoch {made.View.Epoch} was made twice");
        Require(
            names.All(n => n.Adopted <= (previous?.View.Epoch ?? Epoch.None)),
            $"epoch {made.View.Epoch} was made while a replica was registered that knows a later one");
        if (made.Kind is ProposalKind.Bootstrap or ProposalKind.Join)
            Require(
                made.View.Required.Where(m => made.Kind == ProposalKind.Bootstrap || m == made.View.Joining)
                    .All(m => names.Any(n => n.Disk == m.Disk)),
                $"{made.Kind} of epoch {made.View.Epoch} was made with a replica that was not registered");
        View = made.View;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new ViolationException(otherwise);
    }
}
