using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.EndToEnd.Rig;
using JustHungry.Tests.Server.Replication;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>
/// What nobody may do to a shop that runs with <c>--tls required</c>: each attack by a stranger without TLS, by one without a certificate,
/// and by processes of the cluster whose certificate is for another role or id.
/// </summary>
[Category("Slow")]
internal sealed class AttackingASecuredShop
{
    private const string Group = NameRules.DefaultGroup;
    private const int AnswerMs = 5_000;
    private const int ForgeMs = 300;

    private static readonly ReadOnlySequence<byte> Nothing = new([0xC0]);

    [Test]
    public Task Every_attack_is_refused_and_orders_go_on() => Scenario.RunAsync(() => Cluster.StartAsync(isSecured: true), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
        (await cluster.RunAsync("frontend", "status")).ShouldExit(0);
        GroupStatus before = await cluster.StatusAsync();
        string names = (await cluster.RunAsync("nameserver", "list")).ShouldExit(0).Output;
        View view = (await AskViewAsync(cluster))!;

        var refused = new List<string>();
        foreach (Attack attack in Attack.On(cluster, view))
        {
            foreach ((string who, LinkSecurity security, Hello hello) in Attackers(cluster, attack))
                refused.Add($"{attack.What}, by {who}: {await TryAsync(cluster, attack, security, hello)}");
        }

        refused.Should().OnlyContain(r => r.EndsWith(": refused", StringComparison.Ordinal)).And.HaveCountGreaterThan(60);
        await ForgeAsAnotherMemberAsync(cluster, view);
        (await AskViewAsync(cluster))!.HasSameContentAs(view).Should().BeTrue();
        (await cluster.RunAsync("nameserver", "list")).Output.Should().Be(names);
        (await cluster.StatusAsync()).View!.Primary.Should().Be(before.View!.Primary);
        cluster.Servers.Values.Append(cluster.NameServer).Append(cluster.FrontEnds[0]).Should().OnlyContain(p => !p.HasExited);
        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(1);

        await cluster.Servers[before.View!.Primary].KillAsync();
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
    });

    /// <summary>
    /// A member with its own certificate and its own disk sends another one an Append that would fit, in the epoch of the view, of which it is not
    /// the primary: it is told so, and nothing is kept.
    /// </summary>
    private static async Task ForgeAsAnotherMemberAsync(Cluster cluster, View view)
    {
        Member[] backups = [.. view.Members.Where(m => !view.IsPrimary(m))];
        Endpoint target = Attack.EndpointOf(cluster.Servers[backups[0].Id.Value]);
        var own = new PeerIdentity(Role.Replica, backups[1].Id.Value, Group);
        Hello hello = Attack.HelloOf(Role.Replica) with { Id = own.Id, Disk = backups[1].Disk };
        EntryPosition last = await AskLastAsync(cluster, target);

        await using RpcClient forger = await ConnectAsync(cluster, target, own, hello);
        using var patience = new CancellationTokenSource(ForgeMs);
        Append forged = ReplicaRig.AppendOf(view.Epoch.Value, round: 1, last, ReplicaRig.BatchOf(last.Index.Value + 1, view.Epoch.Value));
        Func<Task> forge = () => forger.CallAsync(forged, frame => $"answered by {frame.Type}", patience.Token);
        await forge.Should().ThrowAsync<OperationCanceledException>("it is refused in a frame of its own, as primaries are");

        (await AskLastAsync(cluster, target)).Should().Be(last);
    }

    private static async Task<EntryPosition> AskLastAsync(Cluster cluster, Endpoint replica)
    {
        var frontEnd = new PeerIdentity(Role.FrontEnd, "frontend", Group);
        await using RpcClient client = await ConnectAsync(cluster, replica, frontEnd, Attack.HelloOf(Role.FrontEnd));
        return await client.CallAsync(default(Status), frame => frame.As<StatusReport>().Last, CancellationToken.None);
    }

    private static Task<RpcClient> ConnectAsync(Cluster cluster, Endpoint replica, PeerIdentity own, Hello hello) => RpcClient.ConnectAsync(
        replica, Role.Replica, hello, TimeSpan.FromMilliseconds(AnswerMs), CancellationToken.None, LinkSecurity.With(TlsMode.Required, cluster.CredentialsOf(own)));

    /// <summary>Who tries it: everybody but who may.</summary>
    private static IEnumerable<(string Who, LinkSecurity Security, Hello Hello)> Attackers(Cluster cluster, Attack attack)
    {
        foreach (Role role in new[] { Role.User, Role.FrontEnd, Role.Replica, Role.Operator })
        {
            Hello hello = Attack.HelloOf(role);
            yield return ($"a {role} without TLS", LinkSecurity.Off, hello);
            yield return ($"a {role} without a certificate", LinkSecurity.With(TlsMode.Required, TlsCredentials.Load(Path.ChangeExtension(cluster.KeyFile, ".crt"), null, TimeProvider.System)), hello);
        }

        foreach (PeerIdentity identity in attack.NotBy)
        {
            LinkSecurity security = LinkSecurity.With(TlsMode.Required, cluster.CredentialsOf(identity));
            yield return ($"{identity} as itself", security, Attack.HelloOf(identity.Role) with { Id = identity.Id, Group = identity.Group });
            yield return ($"{identity} as who may", security, Attack.HelloOf(attack.By));
        }
    }

    private static async Task<string> TryAsync(Cluster cluster, Attack attack, LinkSecurity security, Hello hello)
    {
        Role listener = attack.At == cluster.NameServerEndpoint ? Role.NameServer : Role.Replica;
        try
        {
            await using RpcClient client = await RpcClient.ConnectAsync(attack.At, listener, hello, TimeSpan.FromMilliseconds(AnswerMs), CancellationToken.None, security);
            using var deadline = new CancellationTokenSource(AnswerMs);
            return await attack.Send(client, deadline.Token);
        }
        catch (Exception e) when (e is HelloRefusedException or ConnectionLostException)
        {
            return "refused";
        }
        catch (OperationCanceledException)
        {
            return "no answer, and not closed";
        }
    }

    private static async Task<View?> AskViewAsync(Cluster cluster)
    {
        var caller = new Caller(Group, LinkSecurity.With(TlsMode.Required, cluster.CredentialsOf(new PeerIdentity(Role.Operator, "operator", Group))));
        return (await OperatorClient.TryAskOnceAsync<GetView, ViewIs>(cluster.NameServerEndpoint, Role.NameServer, caller, new GetView(Group), OperatorClient.Patience, CancellationToken.None))!.Value.View;
    }

    /// <summary>One thing that must not happen.</summary>
    private sealed record Attack(string What, Endpoint At, Role By, Func<RpcClient, CancellationToken, Task<string>> Send)
    {
        private static readonly PeerIdentity Replica = new(Role.Replica, "3", Group), FrontEnd = new(Role.FrontEnd, "frontend", Group), Operator = new(Role.Operator, "operator", Group);
        private static readonly BootId Boot = new(FreshIds.Next());
        private static readonly DiskId Disk = new(FreshIds.Next());

        /// <summary>Processes of the cluster, and one of another group, that may not do it either.</summary>
        public required PeerIdentity[] NotBy { get; init; }

        public static Hello HelloOf(Role role) => new(role, role == Role.Replica ? "1" : "x", Disk, Boot, ClusterId.None, Group);

        public static IEnumerable<Attack> On(Cluster cluster, View view)
        {
            Endpoint names = cluster.NameServerEndpoint;
            Endpoint backup = EndpointOf(cluster.Servers[view.Members.First(m => !view.IsPrimary(m)).Id.Value]);
            View next = view with { Epoch = view.Epoch.Next };
            ReplicaId other = view.Members.First(m => !view.IsPrimary(m)).Id;
            Member stranger = new(new ReplicaId("9"), Disk);
            PeerIdentity elsewhere = FrontEnd with { Group = "other" }, ruler = Operator with { Group = "other" }, spare = Replica with { Id = stranger.Id.Value };
            yield return Of("depose the primary", names, Role.FrontEnd, Proposal(ProposalKind.Promote, view, next with { Primary = other }), Replica, elsewhere);
            yield return Of("drop a member", names, Role.FrontEnd, Proposal(ProposalKind.Promote, view, next with { Members = [.. view.Members.Where(m => m.Id != other)] }), Replica, elsewhere);
            yield return Of("lower k to 1", names, Role.FrontEnd, Proposal(ProposalKind.Promote, view, next with { MinReplicas = 1 }), Replica, elsewhere);
            yield return Of("let in a member that stores nothing", names, Role.FrontEnd, Proposal(ProposalKind.Join, view, next with { Joining = stranger }), Replica, Operator, elsewhere);
            yield return Of("unclean without an operator", names, Role.Operator, Proposal(ProposalKind.Unclean, view, next with { Members = [view.Members[0]], Primary = view.Members[0].Id, DataLoss = 1 }), Replica, FrontEnd, ruler);
            yield return Of("repair without an operator", names, Role.Operator, Proposal(ProposalKind.Repair, view, next), Replica, FrontEnd, ruler);
            yield return Of("register another cluster", names, Role.Replica, new Register(NameOf("1", new ClusterId(9)), default, false), Replica, FrontEnd);
            yield return Of("take a server's name", names, Role.Replica, new Register(NameOf("1", view.Cluster), default, true), Replica, FrontEnd);
            yield return Of("fill the names", names, Role.FrontEnd, new Register(NameOf("1", view.Cluster) with { Name = "a" }, default, false), Replica, FrontEnd);
            yield return Of("remove every name", names, Role.Operator, new Remove("backend", true), Replica, FrontEnd);
            yield return Of(
                "register as a front end and harvest keys", names, Role.FrontEnd,
                new Register(new Registration(NameRules.FrontEndOf(Boot), backup, DiskId.None, default, default, [NameRules.FrontEndMetadata, NameRules.GroupMetadata(Group)], Boot, 10_000), default, false), Replica, elsewhere);
            yield return Of("read where everybody is", names, Role.Operator, new List("", [], false));
            yield return Of("poison the adopted epoch", backup, Role.FrontEnd, new NewView(next with { Epoch = new Epoch(Epoch.Max.Value - 2) }, []), Replica, elsewhere);
            yield return Of("set a disk aside", backup, Role.FrontEnd, new NewView(next with { Lineage = new Lineage(7, next.Epoch), Members = [stranger], Primary = stranger.Id }, []), Replica, elsewhere);
            yield return Of("announce a view of its own", backup, Role.FrontEnd, new NewView(next with { Members = [stranger], Primary = stranger.Id }, []), spare);
            yield return Of("forge an Append", backup, Role.Replica, new Append(view.Epoch, new Round(1), default, view.Epoch, 0, 0, ReadOnlySequence<byte>.Empty, default), FrontEnd, Operator, elsewhere);
            yield return Of("empty a disk by a transfer", backup, Role.Replica, new TransferBegin(view.Epoch, new TransferId(1), new EntryPosition(new EntryIndex(9), view.Epoch)), FrontEnd, Operator, elsewhere);
            yield return Of("read the log as a made-up spare", backup, Role.FrontEnd, new Sync(stranger, names), Replica, Operator, elsewhere);
            yield return Of("order past the front end", backup, Role.FrontEnd, new Execute(view.Epoch, new UserRequest(new UserId(1), default, default, default, RequestKind.ProductList, Nothing)), Replica, Operator);
        }

        private static Attack Of<T>(string what, Endpoint at, Role by, T message, params PeerIdentity[] notBy)
            where T : struct, IMessage<T> =>
            new(what, at, by, (client, cancel) => client.CallAsync(message, frame => IsRefusal(frame) ? "refused" : $"answered by {frame.Type}", cancel)) { NotBy = notBy };

        /// <summary>A replica that is not the adopted view's primary is told so.</summary>
        private static bool IsRefusal(Frame frame) => frame.Type is MessageType.Refused;

        private static Propose Proposal(ProposalKind kind, View view, View next) => new(FreshIds.Next(), kind, view.Epoch, next, view.Epoch, true);

        private static Registration NameOf(string id, ClusterId cluster) => new(
            NameRules.Replica(Group, new ReplicaId(id)), new Endpoint("127.0.0.1", 1), new DiskId(5), cluster, default,
            [NameRules.BackendMetadata, NameRules.GroupMetadata(Group), NameRules.IdMetadata(new ReplicaId(id))], Boot, 10_000);

        public static Endpoint EndpointOf(RealProcess process) => Endpoint.TryParse(process.Output.Split(" at ")[1].Split('\n')[0].Trim(), out Endpoint at) ? at : default;
    }
}
