using FluentAssertions;
using JustHungry.Protocol;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol;

public sealed class BackgroundTests
{
    [Test]
    public void What_nobody_awaits_says_in_the_log_that_it_failed()
    {
        var log = new LinesLog();

        Background.Run(log, "counting sheep", Task.FromException(new InvalidOperationException("planted")));

        log.Lines.Should().Equal("Error counting sheep ended with an error that nobody expected: planted");
    }

    [Test]
    public void Cancelled_work_is_nothing_to_speak_of()
    {
        var log = new LinesLog();

        Background.Run(log, "counting sheep", Task.FromCanceled(new CancellationToken(canceled: true)));

        log.Lines.Should().BeEmpty();
    }

    private sealed class LinesLog : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {formatter(state, exception)}: {exception?.Message}");
    }
}
