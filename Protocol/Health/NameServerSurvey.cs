using System.Diagnostics;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Protocol.Health;

/// <summary>How the name server answered.</summary>
/// <param name="AnsweredMs">How long an answer took; null if there was none.</param>
public sealed record SurveyedNameServer(NameServerList Endpoint, double? AnsweredMs)
{
    /// <summary>Each of the list, in its order.</summary>
    public IReadOnlyList<ProbedNameServer> Each { get; init; } = [];
}

/// <summary>What the name server says about a group.</summary>
public sealed record NameServerSurvey(
    SurveyedNameServer Itself, View? View, GroupHealth Health, IReadOnlyList<Registration> Replicas, IReadOnlyList<Registration> FrontEnds, IReadOnlyList<MadeView> History)
{
    /// <summary>The other groups that have servers there: whoever mistypes a group is told.</summary>
    public IReadOnlyList<string> OtherGroups { get; init; } = [];

    /// <exception cref="ConnectionLostException">It can't be reached.</exception>
    /// <exception cref="HelloRefusedException">What listens there is not a name server.</exception>
    public static async Task<NameServerSurvey> AskAsync(NameServerOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        Task<ProbedNameServer[]> each = Task.WhenAll(options.NameServers.All.Select(at => ProbedNameServer.AskAsync(at, options, cancel)));
        NameServerSurvey told = await NameServerClient.FirstAsync(options.NameServers, OperatorClient.Patience, async (at, patience) =>
        {
            OperatorClient client = await OperatorClient.ConnectAsync(at, Role.NameServer, options.Caller, patience, cancel).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
                return await AskAsync(client, options, cancel).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return told with { Itself = told.Itself with { Each = await each.ConfigureAwait(false) } };
    }

    /// <summary>The same, on a connection that is there already.</summary>
    /// <exception cref="ConnectionLostException">It does not answer.</exception>
    public static async Task<NameServerSurvey> AskAsync(OperatorClient client, NameServerOptions options, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        string group = NameRules.GroupMetadata(options.Group);
        ViewIs view = await client.AskAsync<GetView, ViewIs>(new GetView(options.Group), cancel).ConfigureAwait(false);
        Listed servers = await client.AskAsync<List, Listed>(new List("", [NameRules.BackendMetadata], false), cancel).ConfigureAwait(false);
        long began = Stopwatch.GetTimestamp(); // times the second List: the first one includes JIT compilation
        Listed frontEnds = await client.AskAsync<List, Listed>(new List("", [NameRules.FrontEndMetadata, group], false), cancel).ConfigureAwait(false);
        TimeSpan took = Stopwatch.GetElapsedTime(began);

        // Goes back as many epochs as one answer holds views. A repair skips epochs, so fewer views may come.
        var after = new Epoch(view.View is { } v && v.Epoch.Value > HistoryIs.ViewsMax ? v.Epoch.Value - HistoryIs.ViewsMax : 0);
        HistoryIs history = await client.AskAsync<GetHistory, HistoryIs>(new GetHistory(options.Group, after), cancel).ConfigureAwait(false);
        var itself = new SurveyedNameServer(client.Endpoint, Math.Round(took.TotalMilliseconds, 1));
        Registration[] replicas = [.. servers.Registrations.Where(r => r.Metadata.Contains(group))];
        return new NameServerSurvey(itself, view.View, view.Health, replicas, frontEnds.Registrations, history.Views)
        {
            OtherGroups = [.. servers.Registrations.Select(r => NameRules.TryReadGroup(r.Metadata)).OfType<string>().Where(g => g != options.Group).Distinct()],
        };
    }
}
