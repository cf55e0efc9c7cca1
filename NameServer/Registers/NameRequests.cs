using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer.Registers;

/// <summary>What is asked about names. Part of the core and owned by it.</summary>
internal sealed class NameRequests(KnownState known, INameStorage storage, ILogger log)
{
    public void Register(Now now, Asker asker, Register request) => known.WhenFresh(now, later => Judge(later, asker, request));

    public void Remove(Now now, Asker asker, Remove request)
    {
        if (request.Name.Length == 0)
            asker.Answer(new NameRefused(NameRefusal.InvalidName, null)); // every name: surely a mistake
        else
            known.WhenFresh(now, later => RemoveNow(later, asker, request));
    }

    public void Lookup(Now now, Asker asker, Lookup request) => known.WhenKnown(now, _ =>
    {
        if (known.Names.Find(request.Name) is { } entry)
            asker.Answer(new Found(entry.Registration));
        else
            asker.Answer(new NameRefused(NameRefusal.UnknownName, null));
    });

    public void List(Now now, Asker asker, List request) => known.WhenKnown(now, _ => asker.Answer(new Listed(known.Names.List(request))));

    public void Count(Now now, Asker asker) => known.WhenKnown(now, _ => asker.Answer(new Counted(known.Names.Count)));

    /// <summary>Removes the names whose leases have ended.</summary>
    public void EndLeases(Now now)
    {
        IReadOnlyList<string> lapsed = known.Names.Lapsed(now.Ms);
        foreach (string name in lapsed)
            Log.NameLapsed(log, name);
        Forget(now, lapsed, static (_, _) => { });
    }

    private void Judge(Now now, Asker asker, Register request)
    {
        Registration wanted = request.Registration;
        if (known.Names.Refuse(request, asker.Group) is { } refused)
            asker.Answer(refused);
        else if (!known.Names.IsRenewal(wanted))
            Put(now, asker, request);
        else if (storage.IsShared)
            Renew(now, asker, request);
        else
            Hold(now, asker, wanted);
    }

    /// <summary>
    /// A lease that a shared storage keeps is renewed there. A process that has not called since a name server started is recorded anew, which
    /// tells the others too that it lives and has said which epoch it adopted.
    /// </summary>
    private void Renew(Now now, Asker asker, Register request)
    {
        string name = request.Registration.Name;
        if (!known.Names.Find(name)!.HasCalled)
        {
            Put(now, asker, request);
            return;
        }

        storage.Renew(now, name, (later, renewal) =>
        {
            if (renewal == Renewal.Held)
                Confirm(asker, request.Registration);
            else if (renewal == Renewal.Gone)
                Register(later, asker, request);
        });
    }

    private void Hold(Now now, Asker asker, Registration wanted)
    {
        known.Names.Hold(now.Ms, known.Names.ToStore(wanted));
        Confirm(asker, wanted);
    }

    private void Put(Now now, Asker asker, Register request)
    {
        var change = new PutName(known.Revision, known.Names.ToStore(request.Registration));
        storage.Commit(now, change, (later, committed) =>
        {
            if (committed.Outcome == CommitOutcome.Done)
            {
                Log.NameRecorded(log, request.Registration.Name, request.Registration.Endpoint);
                known.Apply(later, change, committed.Revision);
                Confirm(asker, request.Registration);
            }
            else if (committed.Outcome == CommitOutcome.Changed)
            {
                Register(later, asker, request);
            }
        });
    }

    private void Confirm(Asker asker, Registration registration)
    {
        if (known.Names.Find(registration.Name) is { } entry)
            known.Groups.Notice(entry);
        asker.Answer(new Registered(known.Groups.HealthFor(registration)));
    }

    private void RemoveNow(Now now, Asker asker, Remove request)
    {
        IReadOnlyList<string> names = known.Names.Named(request.Name, request.IsPrefix, asker.Group);
        Forget(now, names, (later, outcome) =>
        {
            if (outcome == CommitOutcome.Changed)
            {
                Remove(later, asker, request);
                return;
            }

            if (outcome == CommitOutcome.Unknown)
                return;
            foreach (string name in names)
                Log.NameRemoved(log, name);
            asker.Answer(new Removed(names.Count));
        });
    }

    private void Forget(Now now, IReadOnlyList<string> names, Action<Now, CommitOutcome> then)
    {
        if (names.Count == 0)
        {
            then(now, CommitOutcome.Done);
            return;
        }

        string[] groups = [.. names.Select(n => known.Names.Find(n)?.Replica?.Group).OfType<string>().Distinct()];
        var change = new RemoveNames(known.Revision, names);
        storage.Commit(now, change, (later, committed) =>
        {
            if (committed.Outcome == CommitOutcome.Done)
            {
                known.Apply(later, change, committed.Revision);
                foreach (string group in groups)
                    known.Groups.NoteHealth(group);
            }

            then(later, committed.Outcome);
        });
    }
}
