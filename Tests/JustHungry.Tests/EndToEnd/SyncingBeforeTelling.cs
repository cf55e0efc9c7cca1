using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>
/// A kill -9 loses nothing that was written, only a loss of power does: so the system calls of the real programs are recorded, and at each
/// frame that promises something every file that the promise rests on must be fsynced, as must its entry in its directory.
/// </summary>
[SideBySide]
public sealed class SyncingBeforeTelling
{
    private const int Orders = 5;

    /// <summary>
    /// An adopted view is told a moment after its write has ended, and the write after that one may have begun by then, on the disk's thread:
    /// seldom, where a sync that is missing is missing each time.
    /// </summary>
    [Test]
    public async Task Whatever_is_told_lies_on_a_disk()
    {
        List<string> broken = await ListBrokenAsync();
        if (broken.Count > 0 && broken.TrueForAll(b => b.Contains($" said {nameof(MessageType.ViewAdopted)} ", StringComparison.Ordinal)))
            broken = await ListBrokenAsync();
        broken.Should().BeEmpty();
    }

    private static async Task<List<string>> ListBrokenAsync()
    {
        List<string> broken = [];
        await RecordAsync(broken);
        return broken;
    }

    private static Task RecordAsync(List<string> broken) => Scenario.RunAsync(() => Cluster.StartAsync(recordsCalls: true), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        for (int order = 0; order < Orders; order++)
            (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
        await cluster.Servers[await cluster.PrimaryAsync()].KillAsync();
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day", "--tip", "1")).ShouldExit(0);
        string primary = await cluster.PrimaryAsync();
        foreach (RealProcess process in cluster.Servers.Values.Append(cluster.NameServer).Where(p => !p.HasExited))
            await process.StopAsync();

        Promises promises = new(), ofUsers = new(), ofNameServer = new();
        foreach ((string title, string file) in cluster.Recordings)
        {
            List<SystemCall> calls = SystemCall.ReadAll(await File.ReadAllLinesAsync(file));
            Promises those = title.StartsWith("server", StringComparison.Ordinal) ? promises : title.StartsWith("user", StringComparison.Ordinal) ? ofUsers : ofNameServer;
            those.Process = title;
            new SyncAudit(cluster.Directory).Go(calls, those.Judge);
        }

        TestContext.Out.WriteLine($"kept: {promises}; of users: {ofUsers}; of the name server: {ofNameServer}");
        broken.AddRange(promises.Broken.Concat(ofUsers.Broken).Concat(ofNameServer.Broken));
        promises.Count(MessageType.Appended).Should().BeGreaterThan(2 * Orders, "both backups acked each order");
        promises.Count(MessageType.Propagated).Should().BeGreaterThan(Orders);
        promises.Count(MessageType.ViewAdopted).Should().BeGreaterThan(3);
        ofUsers.Count(MessageType.Request).Should().BeGreaterThan(Orders);
        ofNameServer.Count(MessageType.Proposed).Should().BeGreaterThan(1);
    });

    /// <summary>Which frames promise what, and whether it was so when they were sent.</summary>
    private sealed class Promises
    {
        private readonly Dictionary<MessageType, int> _kept = [];
        private readonly Dictionary<MessageType, (string Process, ulong Value)> _last = [];

        public string Process { get; set; } = "";

        public List<string> Broken { get; } = [];

        public int Count(MessageType type) => _kept.GetValueOrDefault(type);

        public override string ToString() => string.Join(", ", _kept.Select(k => $"{k.Value} {k.Key}"));

        public void Judge(Frame frame, IReadOnlyList<string> atRisk)
        {
            (ulong Value, string File)? promise = frame.Type switch
            {
                MessageType.Appended => (frame.As<Appended>().Match.Value, "journal"),
                MessageType.ViewAdopted => (frame.As<ViewAdopted>().Epoch.Value, "journal"),
                MessageType.Propagated => (frame.As<Propagated>().Number.Value, "journal"),
                MessageType.Proposed when frame.As<Proposed>().Outcome == ProposalOutcome.Accepted => (frame.As<Proposed>().View!.Epoch.Value, "nameserver.db"),
                MessageType.Request when frame.As<Request>().Content is { } request && request.Kind.IsUpdate() => (request.Sequence.Value, "Ada.json"),
                _ => null,
            };

            // Said before, and so promised before: what is being written now is something later.
            if (promise is not { } made || (_last.TryGetValue(frame.Type, out (string Process, ulong Value) last) && last.Process == Process && made.Value <= last.Value))
                return;

            _last[frame.Type] = (Process, made.Value);
            _kept[frame.Type] = Count(frame.Type) + 1;
            List<string> files = [.. atRisk.Where(f => f.EndsWith('/') || IsRestedOn(Path.GetFileName(f), made.File))];
            if (files.Count > 0)
                Broken.Add($"{Process} said {frame.Type} {made.Value} while {string.Join(", ", files)} was not safe");
        }

        /// <summary>SQLite's -shm is made anew at each start: nothing rests on it.</summary>
        private static bool IsRestedOn(string name, string file) =>
            name.StartsWith(file, StringComparison.Ordinal) && !name.EndsWith("-shm", StringComparison.Ordinal);
    }
}
