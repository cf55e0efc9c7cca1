using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;
using JustHungry.Tests.Fakes;
using JustHungry.Tests.Protocol.Loops;
using JustHungry.Tests.Protocol.Security;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Daemons;

public sealed class DaemonHostTests
{
    [Test]
    public async Task Whatever_ends_a_daemon_that_nobody_explains_is_logged_with_its_trace()
    {
        var log = new ExceptionsLog();

        DaemonEnd end = await ServeAsync(log, new InvalidOperationException("a bug"));

        end.Should().Be(new DaemonEnd(ExitCode.Refused, "server: stopped by a failure: a bug"));
        log.Exceptions.Should().ContainSingle().Which.StackTrace.Should().Contain(nameof(ServeAsync));
    }

    [Test]
    public async Task What_is_explained_is_said_once()
    {
        var log = new ExceptionsLog();

        DaemonEnd end = await ServeAsync(log, new ExplainedException("the disk is full."));

        end.Line.Should().Be("server: the disk is full.");
        log.Exceptions.Should().BeEmpty();
    }

    [TestCase("0.0.0.0", null, "off")]
    [TestCase("0.0.0.0", TlsMode.Optional, "optional")]
    [TestCase("0.0.0.0", TlsMode.Required, null)]
    [TestCase("127.0.0.1", null, null)]
    public async Task A_listener_beyond_loopback_says_loudly_that_it_is_not_secured(string host, TlsMode? mode, string? said)
    {
        using var cluster = new TestCluster();
        var log = new RecordedLog();
        LinkSecurity security = mode is { } m ? cluster.SecurityOf(TestCluster.Is(Role.Replica), m) : LinkSecurity.Off;
        using var loop = new CoreLoop<ProbeCore>(TimeProvider.System, log);

        await new DaemonHost(log, new Endpoint(host, 0), CancellationToken.None, security).ListenAsync(loop);

        string[] loud = [.. log.Lines.Where(l => l.Contains("ANYBODY", StringComparison.Ordinal))];
        loud.Should().HaveCount(said is null ? 0 : 1);
        if (said is not null)
            loud[0].Should().StartWith("Warning").And.Contain($"--tls {said}").And.Contain("nameserver keys make");
    }

    private static Task<DaemonEnd> ServeAsync(ILogger log, Exception failure) =>
        DaemonHost.ServeAsync("server", metrics: null, new DaemonHost(log, default, CancellationToken.None), async _ =>
        {
            await Task.Yield();
            throw failure;
        });

    private sealed class ExceptionsLog : ILogger
    {
        public List<Exception> Exceptions { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null)
                Exceptions.Add(exception);
        }
    }
}
