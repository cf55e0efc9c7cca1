using System.Diagnostics;
using System.Net.Sockets;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.NameServer.OnEtcd;

/// <summary>
/// Three real etcd members on loopback. Needs <c>etcd</c> on the PATH (Debian: etcd-server); without it the test is skipped and says so.
/// </summary>
internal sealed class EtcdCluster : IAsyncDisposable
{
    private const int Members = 3;

    private readonly TempDirectory _directory = new();
    private readonly Process?[] _members = new Process?[Members];
    private readonly int[] _clientPorts = FreePorts.Take(Members);
    private readonly int[] _peerPorts = FreePorts.Take(Members);

    /// <summary>What <c>--storage</c> takes.</summary>
    public string Storage => "etcd:" + string.Join(',', _clientPorts.Select(p => $"127.0.0.1:{p}"));

    public static async Task<EtcdCluster> StartAsync()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(d => File.Exists(Path.Combine(d, "etcd"))))
            Assert.Ignore("needs etcd on the PATH: apt-get install etcd-server");

        var cluster = new EtcdCluster();
        for (int i = 0; i < Members; i++)
            cluster.Start(i);
        await Poll.UntilAsync("etcd listens", cluster.Listens);
        return cluster;
    }

    /// <summary>Stops two of three members, with SIGSTOP: what is sent to the third stays undecided.</summary>
    public void FreezeMajority() => Signal("STOP", 1, 2);

    public void ThawMajority() => Signal("CONT", 1, 2);

    public void Kill(int member)
    {
        _members[member]!.Kill();
        _members[member]!.WaitForExit();
    }

    public void Start(int member)
    {
        string client = $"http://127.0.0.1:{_clientPorts[member]}";
        string peer = $"http://127.0.0.1:{_peerPorts[member]}";
        string peers = string.Join(',', Enumerable.Range(0, Members).Select(i => $"n{i}=http://127.0.0.1:{_peerPorts[i]}"));
        var start = new ProcessStartInfo("etcd")
        {
            ArgumentList =
            {
                "--name", $"n{member}", "--data-dir", _directory.File($"n{member}"), "--listen-client-urls", client, "--advertise-client-urls", client,
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", peers, "--logger", "zap",
                "--log-outputs", _directory.File($"n{member}.log"),
            },
        };
        _members[member] = Process.Start(start);
    }

    public ValueTask DisposeAsync()
    {
        foreach (Process member in _members.OfType<Process>())
        {
            if (!member.HasExited)
                member.Kill(); // also one that is frozen
            member.WaitForExit();
            member.Dispose();
        }

        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Signal(string signal, params int[] members)
    {
        foreach (int member in members)
        {
            using Process kill = Process.Start("kill", [$"-{signal}", $"{_members[member]!.Id}"]);
            kill.WaitForExit();
        }
    }

    private bool Listens() => _clientPorts.All(port =>
    {
        try
        {
            using var probe = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    });
}
