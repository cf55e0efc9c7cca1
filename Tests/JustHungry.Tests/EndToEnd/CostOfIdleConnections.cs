using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>What a connection costs a process on which nothing happens: strangers may open as many as a process accepts.</summary>
[Category("Slow")]
[NonParallelizable]
internal sealed class CostOfIdleConnections
{
    private const int Connections = 300;
    private const int WarmUp = 50;

    [Test]
    public Task They_cost_little_memory_with_and_without_TLS() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("only Linux tells how much memory another process has");
        await cluster.MakeKeysAsync(TlsMode.Optional);
        await cluster.NameServer.StopAsync();
        await cluster.StartNameServerAsync();

        (await KibOfEachAsync("plain, nothing said", cluster, at => Task.FromResult<IDisposable>(Connect(at)))).Should().BeLessThan(16);
        (await KibOfEachAsync("plain, hello said", cluster, at => SayHelloAsync(at, LinkSecurity.Off))).Should().BeLessThan(24);
        (await KibOfEachAsync("TLS, nothing said", cluster, ShakeHandsAsync)).Should().BeLessThan(128);
        (await KibOfEachAsync("TLS, hello said", cluster, at => SayHelloAsync(at, cluster.OfUser))).Should().BeLessThan(128);
    });

    private static async Task<double> KibOfEachAsync(string what, Cluster cluster, Func<Endpoint, Task<IDisposable>> connectAsync)
    {
        var open = new List<IDisposable>();
        try
        {
            await OpenAsync(WarmUp);
            long before = ResidentKib(cluster.NameServer);
            await OpenAsync(Connections);
            double each = (double)(ResidentKib(cluster.NameServer) - before) / Connections;
            TestContext.Out.WriteLine($"{what}: {each:0.0} KiB");
            return each;
        }
        finally
        {
            open.ForEach(c => c.Dispose());
        }

        async Task OpenAsync(int connections)
        {
            for (int i = 0; i < connections; i++)
                open.Add(await connectAsync(cluster.NameServerEndpoint));
            using IDisposable last = await SayHelloAsync(cluster.NameServerEndpoint, LinkSecurity.Off); // whose hello is answered after they were accepted
        }
    }

    private static Socket Connect(Endpoint at)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(at.Host, at.Port);
        return socket;
    }

    private static async Task<IDisposable> ShakeHandsAsync(Endpoint at)
    {
#pragma warning disable CA5359 // it is the listener that is looked at here
        var stream = new SslStream(new NetworkStream(Connect(at), ownsSocket: true), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await stream.AuthenticateAsClientAsync("justhungry");
        return stream;
    }

    private static async Task<IDisposable> SayHelloAsync(Endpoint at, LinkSecurity security) =>
        new Closing(await RpcClient.ConnectAsync(at, Role.NameServer, GreedyReader.OwnHello(), TimeSpan.FromSeconds(5), CancellationToken.None, security));

    private static long ResidentKib(RealProcess process)
    {
        string line = File.ReadLines($"/proc/{process.Id}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private sealed class Closing(RpcClient client) : IDisposable
    {
        public void Dispose() => client.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
