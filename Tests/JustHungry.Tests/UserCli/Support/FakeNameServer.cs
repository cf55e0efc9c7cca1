using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using Microsoft.Extensions.Logging.Abstractions;

namespace JustHungry.Tests.UserCli.Support;

/// <summary>The name server that goes with a fake front end: on a real socket of its own, it lists what the front end says.</summary>
internal sealed class FakeNameServer(FakeFrontEnd frontEnd) : ICore, IAsyncDisposable
{
    private readonly CoreLoop<FakeNameServer> _loop = new(TimeProvider.System, NullLogger.Instance);
    private Task _running = Task.CompletedTask;

    public Endpoint Endpoint { get; private set; }

    public async Task StartAsync()
    {
        _running = _loop.RunAsync(this);
        Endpoint = await _loop.ListenAsync(new Endpoint("127.0.0.1", 0));
    }

    public async ValueTask DisposeAsync()
    {
        _loop.Stop();
        await _running;
        _loop.Dispose();
    }

    public Hello OwnHello() => new(Role.NameServer, "", DiskId.None, new BootId(1), ClusterId.None, "");

    public HelloRefusal? Screen(in Hello peer) => frontEnd.RefusesHellos ? HelloRefusal.OtherGroup : null;

    public void Received(Now now, ConnectionId connection, in Frame frame)
    {
        List asked = frame.As<List>();
        bool ours = asked.Metadata.Contains(NameRules.FrontEndMetadata) && asked.Metadata.Contains(NameRules.GroupMetadata(frontEnd.Group));
        _loop.Send(connection, frame.Correlation, new Listed(ours ? [.. frontEnd.Listed.Select(Register)] : []));
    }

    public void Opened(Now now, ConnectionId connection, in Hello peer)
    {
    }

    public void Closed(Now now, ConnectionId connection)
    {
    }

    public void Tick(Now now)
    {
    }

    public void BatchEnded(Now now)
    {
    }

    private Registration Register(Endpoint endpoint) => new(
        NameRules.FrontEnd, endpoint, DiskId.None, ClusterId.None, default, [NameRules.FrontEndMetadata, NameRules.GroupMetadata(frontEnd.Group)], new BootId(1), 10_000);
}
