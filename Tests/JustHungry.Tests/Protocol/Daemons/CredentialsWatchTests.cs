using FluentAssertions;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;
using JustHungry.Tests.Fakes;
using JustHungry.Tests.Protocol.Loops;
using JustHungry.Tests.Protocol.Security;
using NUnit.Framework;
using static JustHungry.Tests.Protocol.Security.TestCluster;

namespace JustHungry.Tests.Protocol.Daemons;

/// <summary>What a daemon says of its credentials, and that nothing stops it from looking after them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CredentialsWatchTests : IDisposable
{
    private readonly TestCluster _cluster = new();
    private readonly RecordedLog _log = new();

    public void Dispose() => _cluster.Dispose();

    [Test]
    public async Task What_expires_is_said_30_days_ahead_once_a_day_and_measured()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow, ends = now.AddDays(40);
        string file = _cluster.Write("1.pem", _cluster.Authority.IssuePem(Is(Role.Replica), now, ends).Pem);
        await using LoopFixture loop = await LoopFixture.StartAsync();
        var watch = new CredentialsWatch(TlsCredentials.Load(file, Is(Role.Replica), TimeProvider.System), loop.Loop, _log);

        watch.WarnIfDue(ends.AddDays(-30.1));
        Warnings().Should().BeEmpty();
        watch.WarnIfDue(ends.AddDays(-29.9));
        watch.WarnIfDue(ends.AddDays(-29.5));
        Warnings().Should().ContainSingle().Which.Should().Contain(file).And.Contain($"expires on {ends:yyyy-MM-dd}");
        watch.WarnIfDue(ends.AddDays(-28.8));
        Warnings().Should().HaveCount(2);

        using var meters = new MeterRecord("justhungry.tls");
        Task watching = watch.RunAsync();
        meters.Observe();
        meters.Last("expires").Should().BeApproximately(TimeSpan.FromDays(40).TotalSeconds, 60);
        await loop.StopAsync();
        await watching;
    }

    [Test]
    public async Task A_file_that_cannot_be_used_is_said_once_and_the_next_one_is_taken()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        TlsCredentials credentials = TlsCredentials.Load(_cluster.KeyFile, Is(Role.Replica), TimeProvider.System);
        var watch = new CredentialsWatch(credentials, loop.Loop, _log);
        string good = File.ReadAllText(_cluster.KeyFile);

        foreach (string bad in new[] { "half of it", good.Replace("PRIVATE", "PUBLIC", StringComparison.Ordinal), good[..40] + "!" + good[41..] })
        {
            _cluster.Write("cluster-key.pem", bad);
            watch.Refresh();
            watch.Refresh();
        }

        File.Delete(_cluster.KeyFile);
        Directory.CreateDirectory(_cluster.KeyFile); // neither readable nor gone
        watch.Refresh();
        Directory.Delete(_cluster.KeyFile);
        _log.Lines.Count(l => l.Contains("kept the credentials", StringComparison.Ordinal)).Should().Be(3);

        _cluster.Replace(Authority.Make(DateTimeOffset.UtcNow));
        watch.Refresh();
        _log.Lines.Should().Contain(l => l.Contains("took new credentials", StringComparison.Ordinal));
    }

    private List<string> Warnings() => [.. _log.Lines.Where(l => l.Contains("expires on", StringComparison.Ordinal))];
}
