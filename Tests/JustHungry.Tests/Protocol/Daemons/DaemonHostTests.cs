using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
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
