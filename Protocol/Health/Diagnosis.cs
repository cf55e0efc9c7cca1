using System.Globalization;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Health;

/// <summary>
/// Derives the verdict on a group from what is known of it. Pure. The one place that decides what counts as what: every program that shows a
/// verdict asks it.
/// </summary>
public static class Diagnosis
{
    private const int MinReplicasUsual = 2;

    /// <summary>Clocks that NTP sets are within some milliseconds of each other.</summary>
    private const int ClocksApartMs = 1_000;
    private const string StartServers = "start servers with 'server ID'";
    private const string StartFrontEnd = "start one with 'frontend'";

    public static Verdict Of(GroupKnowledge known)
    {
        ArgumentNullException.ThrowIfNull(known);
        return known.Latest is { } view ? WhatStops(known, view) ?? WhatIsMissing(known, view) : BeforeTheFirstView(known);
    }

    /// <summary>A server's verdict on itself: whether it has a part in its shop.</summary>
    public static Verdict OfServer(in StatusReport own) =>
        own.View is not { } view ? No("there is no view yet", $"{StartServers} until there are {MinReplicasUsual}, and a front end with 'frontend'")
        : !view.IsMember(own.Self)
            ? new Verdict(Standing.Degraded, view.Joining == own.Self ? $"{own.Self.Id} is joining" : $"{own.Self.Id} is a spare: it takes no part until it has joined", "")
        : view.Members.Count < view.MinReplicas ? No(TooFewMembers(view), WaitForAnother)
        : view.IsPrimary(own.Self) && !own.Leading ? No($"{own.Self.Id} is to be the primary, and does not lead yet", "")
        : !own.HearsPrimary ? No($"{own.Self.Id} does not hear the primary, {view.Primary}", "")
        : Verdict.Ok;

    /// <summary>A name server's verdict on itself.</summary>
    /// <param name="unhealthyGroups">Groups whose register does not fit what their servers say.</param>
    public static Verdict OfNameServer(int unhealthyGroups) => unhealthyGroups == 0
        ? Verdict.Ok
        : new Verdict(Standing.Degraded, $"the view of {unhealthyGroups} group{(unhealthyGroups == 1 ? "" : "s")} is lost, old or disputed", "see 'nameserver view --group G'");

    private static Verdict BeforeTheFirstView(GroupKnowledge known)
    {
        if (!known.NameServerAnswers && known.Replicas.Count == 0 && known.FrontEnds?.Any(f => f is { Answers: true, HearsPrimary: true }) == true)
            return new Verdict(Standing.Degraded, $"the name server at {known.NameServer} is away: a server that dies now can't be replaced; a front end hears the primary, and no server was asked", StartNameServer(known));
        if (!known.NameServerAnswers)
            return No($"the name server at {known.NameServer} is away, and no server of group {known.Group} answers", StartNameServer(known));
        if (known.Health == GroupHealth.TwoClusters)
            return No(TwoClusters(known), StopOneCluster);

        int answering = known.Replicas.Count(r => r.Answers);
        if (known.Replicas.Count == 0 && known.OtherGroups.Count > 0)
            return No($"new group {known.Group}; this name server also holds {string.Join(", ", known.OtherGroups)}", $"check --group, or {StartServers}");
        if (known.Health != GroupHealth.Healthy)
            return No("the name server has lost the view", Repair(known));
        if (answering < known.MinReplicas)
            return No($"{Count(answering)} of the {known.MinReplicas} servers that orders need {(answering == 1 ? "answers" : "answer")}", StartServers);
        return known.FrontEnds is { } frontEnds && !frontEnds.Any(f => f.Answers)
            ? No("no front end answers", StartFrontEnd)
            : No("the group is about to get its first view", "");
    }

    /// <summary>Null if orders are taken.</summary>
    private static Verdict? WhatStops(GroupKnowledge known, View view)
    {
        Member[] silent = [.. view.Required.Where(m => !known.Answers(m))];
        int answering = known.CountAnswering(view.Cluster);
        if (answering < view.MinReplicas)
            return No($"{Count(answering)} of the {view.MinReplicas} servers that orders need {(answering == 1 ? "answers" : "answer")}{Silent(silent)}", Start(silent));
        if (known.FrontEnds is { } frontEnds && !frontEnds.Any(f => f.Answers))
            return No("no front end answers", StartFrontEnd);

        string? holdsUp = WhatHoldsUpChanges(known, out string toDo);
        if (view.Members.Count < view.MinReplicas)
            return No(TooFewMembers(view) + Because(holdsUp, "no other can be admitted"),
                holdsUp is null ? WaitForAnother : toDo);
        if (!known.IsLed(view))
            return No($"the primary, {view.Primary}, does not answer" + Because(holdsUp, "it can't be replaced"), holdsUp is null ? "" : toDo);
        if (silent.Length > 0 && holdsUp is not null)
            return No(MustAcknowledge(silent) + Because(holdsUp, "it can't be dropped"), $"{toDo}, or {Start(silent)}");
        if (view.Members.Count(known.Answers) < view.MinReplicas)
            return No($"{MustAcknowledge(silent)}, and can't be dropped before another server has joined", $"wait until one has, or {Start(silent)}");
        if (known.HeldUpBy.Count > 0)
            return No($"nothing commits: {Ids([.. known.HeldUpBy])} must acknowledge every order and {Verb([.. known.HeldUpBy], "does", "do")} not",
                $"look at the disk and the network of {Ids([.. known.HeldUpBy])}, if this lasts");
        return known.FrontEnds is { } told && !told.Any(f => f is { Answers: true, HearsPrimary: true })
            ? No($"no front end hears the primary, {view.Primary}", "check the network between them, if this lasts")
            : null;
    }

    private static Verdict WhatIsMissing(GroupKnowledge known, View view)
    {
        List<string> missing = [], toDo = [];
        if (WhatHoldsUpChanges(known, out string act) is { } holdsUp)
        {
            missing.Add($"{holdsUp}: a server that dies now can't be replaced");
            toDo.Add(act);
        }

        Member[] unasked = [.. known.Replicas.Where(r => !r.WasAsked).Select(r => r.Member)];
        if (unasked.Length > 0)
            missing.Add($"{Ids(unasked)} {Verb(unasked, "was", "were")} not asked");

        Member[] silent = [.. known.Replicas.Where(r => !r.Answers).Select(r => r.Member)];
        if (silent.Length > 0)
        {
            missing.Add($"{Ids(silent)} {Verb(silent, "does", "do")} not answer");
            toDo.Add(Start(silent));
        }

        if (view.Members.Count == view.MinReplicas)
        {
            missing.Add($"{Members(view.Members.Count)}, and orders need {view.MinReplicas}: the next loss stops them");
            if (silent.Length == 0)
                toDo.Add(known.Replicas.Any(r => r.Answers && !view.IsMember(r.Member)) ? "wait until another server has joined" : "start another server");
        }

        if (WhoseClocksDiffer(known) is { } clocks)
        {
            missing.Add(clocks);
            toDo.Add("let NTP set the clocks");
        }

        string[] lost = [.. (known.FrontEnds ?? []).Where(f => !f.Answers).Select(f => f.Name)];
        if (lost.Length > 0)
            missing.Add($"front end {string.Join(", ", lost)} {(lost.Length == 1 ? "does" : "do")} not answer");
        return missing.Count == 0 ? Verdict.Ok : new Verdict(Standing.Degraded, string.Join("; ", missing), string.Join(", ", toDo));
    }

    /// <summary>The two servers whose clocks are furthest apart, if that is too far; orders get their times from the primary's.</summary>
    private static string? WhoseClocksDiffer(GroupKnowledge known)
    {
        (Member Member, ClockReading Clock)[] clocks = [.. known.Replicas.Where(r => r is { Report: not null, Clock: not null }).Select(r => (r.Member, r.Clock!.Value))];
        if (clocks.Length < 2)
            return null;

        (Member Member, ClockReading Clock) fast = clocks.MaxBy(c => c.Clock.AheadLeastMs), slow = clocks.MinBy(c => c.Clock.AheadMostMs);
        long apartMs = fast.Clock.AheadOf(slow.Clock);
        return apartMs > ClocksApartMs ? string.Create(CultureInfo.InvariantCulture, $"the clock of {fast.Member.Id} is {apartMs / 1_000.0:0.#} s ahead of that of {slow.Member.Id}") : null;
    }

    /// <summary>Why no view can change; null if one can.</summary>
    private static string? WhatHoldsUpChanges(GroupKnowledge known, out string toDo)
    {
        (string? why, toDo) = known switch
        {
            { NameServerAnswers: false } => ($"the name server at {known.NameServer} is away", StartNameServer(known)),
            { Health: GroupHealth.TwoClusters } => (TwoClusters(known), StopOneCluster),
            { Health: GroupHealth.RegisterLost } => ("the name server has lost the view", Repair(known)),
            { Health: GroupHealth.RegisterBehind } => ("the name server holds an old view", Repair(known)),
            _ => ((string?)null, ""),
        };
        return why;
    }

    private static Verdict No(string because, string toDo) => new(Standing.NotTakingOrders, because, toDo);

    private static string MustAcknowledge(Member[] silent) => $"{Ids(silent)} must acknowledge every order and {Verb(silent, "does", "do")} not answer";

    private static string TooFewMembers(View view) => $"the view has {Members(view.Members.Count)}, and orders need {view.MinReplicas}";

    private const string WaitForAnother = "wait until another server has joined; start one if none does";

    private const string StopOneCluster = "stop the servers of one";

    private static string TwoClusters(GroupKnowledge known) => $"servers of two clusters are registered as group {known.Group}";

    private static string StartNameServer(GroupKnowledge known) => $"start 'nameserver' at {known.NameServer}";

    private static string Repair(GroupKnowledge known) => $"run 'nameserver repair --group {known.Group}'";

    private static string Because(string? holdsUp, string consequence) => holdsUp is null ? "" : $", and {consequence}: {holdsUp}";

    private static string Start(Member[] silent) => silent.Length == 0 ? StartServers : $"start {Ids(silent)} again, or another server";

    private static string Silent(Member[] silent) => silent.Length == 0 ? "" : $" ({Ids(silent)} {Verb(silent, "does", "do")} not)";

    private static string Ids(Member[] members) => string.Join(", ", members.Select(m => m.Id.Value).Distinct());

    private static string Verb(Member[] members, string one, string many) => members.Select(m => m.Id).Distinct().Count() == 1 ? one : many;

    private static string Count(int count) => count == 0 ? "none" : count.ToString(CultureInfo.InvariantCulture);

    private static string Members(int count) => count == 1 ? "1 member" : $"{count} members";
}
