using Microsoft.Extensions.Logging;

namespace JustHungry.Tests.Protocol.Interleaving;

/// <summary>Keeps what is logged as an error: a bug of ours.</summary>
internal sealed class RecordedErrors : ILogger
{
    public List<string> Errors { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Errors.Add($"{formatter(state, exception)} {exception}");
    }
}
