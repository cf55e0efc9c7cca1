using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// What is asked about views. Part of the core and owned by it. Its one rule: a proposal whose outcome nobody can tell gets no answer, since
/// it may have become the view; its proposer asks again under the same id.
/// </summary>
internal sealed class ViewRequests(KnownState known, INameStorage storage, ILogger log)
{
    /// <summary>If a change never fits what was read just before, trying on does not help.</summary>
    private const int TriesMost = 10;

    /// <summary>When the second began in which the register may turn out to be an old copy.</summary>
    public long SinceMs { get; set; }

    /// <summary>Views made since the start.</summary>
    public long Made { get; private set; }

    public void Get(Now now, Asker asker, GetView request)
    {
        if (!NameRules.IsGroup(request.Group))
            asker.Answer(new NameRefused(NameRefusal.InvalidName, null));
        else
            known.WhenFresh(now, _ => asker.Answer(new ViewIs(known.Groups.Of(request.Group).View, known.Groups.HealthOf(request.Group))));
    }

    public void GetHistory(Now now, Asker asker, GetHistory request)
    {
        if (!NameRules.IsGroup(request.Group))
        {
            asker.Answer(new NameRefused(NameRefusal.InvalidName, null));
            return;
        }

        storage.ReadHistory(now, request.Group, request.After, HistoryIs.ViewsMax, (_, views) =>
        {
            if (views is not null)
                asker.Answer(new HistoryIs(views));
        });
    }

    public void Propose(Now now, Asker asker, Propose proposal)
    {
        if (!NameRules.IsGroup(proposal.View.Group))
            asker.Answer(new NameRefused(NameRefusal.InvalidName, null));
        else
            Try(now, asker, proposal, tries: 1);
    }

    private void Try(Now now, Asker asker, Propose proposal, int tries) => known.WhenFresh(now, later => Judge(later, asker, proposal, tries));

    private void Judge(Now now, Asker asker, Propose proposal, int tries)
    {
        string group = proposal.View.Group;
        ViewRegister register = known.Groups.Of(group);
        ProposalOutcome outcome = register.Judge(proposal, known.Groups.ReplicasOf(group), now.Ms - SinceMs);
        if (outcome == ProposalOutcome.Accepted && !register.IsRepetition(proposal))
        {
            Make(now, asker, proposal, register.Last, tries);
            return;
        }

        if (outcome == ProposalOutcome.Accepted)
        {
            Rare.Reached(RareBranch.ProposalRepeated);
        }
        else
        {
            if (outcome == ProposalOutcome.TooEarly)
                Rare.Reached(RareBranch.ProposalTooEarly);
            Log.ProposalRefused(log, group, proposal.Kind, proposal.View.Epoch, outcome);
        }

        asker.Answer(new Proposed(outcome, register.View));
    }

    private void Make(Now now, Asker asker, Propose proposal, StoredView? previous, int tries)
    {
        View view = proposal.View;
        string[] restsOn = [.. known.Groups.ReplicasOf(view.Group).Where(e => view.IsRequired(e.Replica!.Member)).Select(e => e.Registration.Name)];
        var change = new MakeView(known.Revision, new StoredView(proposal.ProposalId, proposal.Kind, view, now.UtcSeconds), previous, restsOn);
        storage.Commit(now, change, (later, committed) =>
        {
            switch (committed.Outcome)
            {
                case CommitOutcome.Done:
                    Made++;
                    known.Apply(later, change, committed.Revision);
                    Log.ViewMade(log, view.Group, proposal.Kind, view);
                    known.Groups.NoteHealth(view.Group);
                    asker.Answer(new Proposed(ProposalOutcome.Accepted, view));
                    break;
                case CommitOutcome.Changed when tries < TriesMost:
                    Try(later, asker, proposal, tries + 1); // whether it lost depends on what the view is now
                    break;
                case CommitOutcome.Changed:
                    Log.AlwaysChanged(log, view.Group, tries);
                    break;
                default:
                    break;
            }
        });
    }
}
