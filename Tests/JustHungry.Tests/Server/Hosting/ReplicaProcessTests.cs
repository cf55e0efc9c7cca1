using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Hosting;
using JustHungry.Server.Postcodes;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;
using JustHungry.Tests.Protocol.Loops;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Hosting;

/// <summary>What stands between a replica's core and the world: who holds its name, and whose key the shop's is.</summary>
internal sealed class ReplicaProcessTests
{
    private static readonly BootId Other = new(77);

    private string _place = null!;
    private DataDirectory _directory = null!;
    private LoopFixture _nameServer = null!;

    [SetUp]
    public async Task Begin()
    {
        _place = Directory.CreateTempSubdirectory("justhungry-test-").FullName;
        _directory = DataDirectory.Open(Path.Combine(_place, "disk"));
        _nameServer = await LoopFixture.StartAsync();
    }

    [TearDown]
    public async Task End()
    {
        await _nameServer.DisposeAsync();
        _directory.Dispose();
        Directory.Delete(_place, recursive: true);
    }

    [Test]
    public async Task A_name_that_somebody_took_meanwhile_is_replaced_if_its_process_is_dead()
    {
        var replaced = new TaskCompletionSource();
        Endpoint nobody = new("127.0.0.1", 1);
        TurnAway(holder: nobody, unless: register => register.Replaces == Other, () => replaced.TrySetResult());
        using ReplicaProcess process = await StartAsync();

        (await LoopFixture.BecomesTrueAsync(() => replaced.Task.IsCompleted)).Should().BeTrue("it takes over the name of a dead process");
        await StopAsync(process, ReplicaEndKind.Stopped);
    }

    [Test]
    public async Task A_name_that_a_live_process_holds_ends_this_one()
    {
        await using LoopFixture holder = await HolderAsync(Other);
        TurnAway(holder.Endpoint, unless: _ => false, () => { });
        using ReplicaProcess process = await StartAsync();

        ReplicaEnd end = await process.WaitForEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
        (end.Kind, end.Other).Should().Be((ReplicaEndKind.NameHeld, holder.Endpoint));
    }

    [Test]
    public async Task Another_process_at_the_holders_place_is_not_the_holder()
    {
        var replaced = new TaskCompletionSource();
        await using LoopFixture holder = await HolderAsync(new BootId(78));
        TurnAway(holder.Endpoint, unless: register => register.Replaces == Other, () => replaced.TrySetResult());
        using ReplicaProcess process = await StartAsync();

        (await LoopFixture.BecomesTrueAsync(() => replaced.Task.IsCompleted)).Should().BeTrue();
        await StopAsync(process, ReplicaEndKind.Stopped);
    }

    [Test]
    public async Task A_process_whose_name_was_taken_ends()
    {
        bool holds = true;
        Endpoint nobody = new("127.0.0.1", 1);
        TurnAway(nobody, unless: _ => holds, () => holds = false);
        using ReplicaProcess process = await StartAsync();

        (await LoopFixture.BecomesTrueAsync(() => !holds)).Should().BeTrue();
        ((IReplicaEvents)process).NameTaken(Registered(nobody));
        (await process.WaitForEndAsync().WaitAsync(TimeSpan.FromSeconds(10))).Kind.Should().Be(ReplicaEndKind.NameTaken);
    }

    [Test]
    public async Task The_key_of_a_shop_that_another_replica_opened_is_settled_when_the_shop_is_known()
    {
        string file = Path.Combine(_directory.Directory, OwnerKeyFile.Name);
        using ReplicaProcess process = Create();
        process.OpenShop();
        File.Exists(file).Should().BeTrue("this replica has opened a shop, though not the one that goes on");

        ((IReplicaEvents)process).OwnerKnown(KeyHash.Of(OwnerKey.Make()));
        (await LoopFixture.BecomesTrueAsync(() => File.Exists(Path.Combine(_directory.Directory, "unused-owner-key")))).Should().BeTrue();
        File.Exists(file).Should().BeFalse();
    }

    /// <summary>A name server that knows nobody when it is asked, and then says that the name is held.</summary>
    private void TurnAway(Endpoint holder, Func<Register, bool> unless, Action taken) => _nameServer.Core.OnFrame = (connection, in frame) =>
    {
        if (frame.Type == MessageType.Lookup)
            _nameServer.Loop.Send(connection, frame.Correlation, new NameRefused(NameRefusal.UnknownName, null));
        else if (frame.Type != MessageType.Register)
            return;
        else if (!unless(frame.As<Register>()))
            _nameServer.Loop.Send(connection, frame.Correlation, new NameRefused(NameRefusal.NameInUse, Registered(holder)));
        else
        {
            _nameServer.Loop.Send(connection, frame.Correlation, new Registered(GroupHealth.Healthy));
            taken();
        }
    };

    /// <summary>A process that answers as replica 1 of this run.</summary>
    private static async Task<LoopFixture> HolderAsync(BootId boot)
    {
        LoopFixture holder = await LoopFixture.StartAsync();
        holder.Core.Own = LoopFixture.HelloOf(Role.Replica) with { Id = "1", Disk = new DiskId(5), Boot = boot };
        holder.Core.OnFrame = (connection, in frame) => holder.Loop.Send(connection, frame.Correlation, new StatusReport(
            new Member(new ReplicaId("1"), new DiskId(5)), boot, ClusterId.None, ReplicaRole.Spare, null, EntryPosition.Start, EntryIndex.None, false, false, 0, [], null));
        return holder;
    }

    private static Registration Registered(Endpoint at) => new("JH_orders/1", at, new DiskId(5), ClusterId.None, Epoch.None, [], Other, Timing.LeaseMs);

    private async Task<ReplicaProcess> StartAsync()
    {
        ReplicaProcess process = Create();
        await process.StartAsync();
        return process;
    }

    private ReplicaProcess Create()
    {
        ServerOptions options = new ServerCommandLine { IdText = "1", NameServerText = _nameServer.Endpoint.ToString(), Postcodes = "offline", Attempts = 1 }.Parse().Value;
        return new ReplicaProcess(options, _directory, Catalogue.Sample, new OfflinePostcodes(), new DaemonHost(NullLogger.Instance, new Endpoint("127.0.0.1", 0), CancellationToken.None));
    }

    private static async Task StopAsync(ReplicaProcess process, ReplicaEndKind kind)
    {
        process.Stop();
        (await process.WaitForEndAsync().WaitAsync(TimeSpan.FromSeconds(10))).Kind.Should().Be(kind);
    }
}
