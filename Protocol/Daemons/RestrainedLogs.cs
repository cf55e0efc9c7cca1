using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Daemons;

/// <summary>
/// Lets through at most <see cref="LinesMax"/> lines a minute of one kind, that is, of one event id, and says how many more there were.
/// Debug and Trace are unrestrained, since somebody asked for them. Safe to call from any thread.
/// </summary>
internal sealed class RestrainedLogs(ILoggerFactory inner, TimeProvider time) : ILoggerFactory
{
    /// <summary>One a second is more than a person reads.</summary>
    public const int LinesMax = 60;

    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(1);

    public ILogger CreateLogger(string categoryName) => new RestrainedLog(inner.CreateLogger(categoryName), time);

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();
}

/// <summary>One category of <see cref="RestrainedLogs"/>.</summary>
internal sealed class RestrainedLog(ILogger inner, TimeProvider time) : ILogger
{
    private readonly ConcurrentDictionary<int, Kind> _kinds = new();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Information && !_kinds.GetOrAdd(eventId.Id, static _ => new Kind()).MayPass(this, logLevel, eventId))
            return;
        inner.Log(logLevel, eventId, state, exception, (s, e) => PrintableText.Of(formatter(s, e)));
    }

    /// <summary>The lines of one event id, counted in windows of a minute that begin with a line.</summary>
    private sealed class Kind
    {
        private readonly Lock _lock = new();
        private long _begun;
        private int _lines;
        private int _more;

        public bool MayPass(RestrainedLog log, LogLevel level, EventId id)
        {
            lock (_lock)
            {
                long now = log.Time.GetTimestamp();
                if (_more == 0 && (_lines == 0 || log.Time.GetElapsedTime(_begun, now) >= RestrainedLogs.Window))
                    (_begun, _lines) = (now, 0);
                if (_lines < RestrainedLogs.LinesMax)
                {
                    _lines++;
                    return true;
                }

                if (_more++ == 0) // the window's end is told even if no line of this kind follows
                    Background.Run(log.Inner, "counting what was not logged", TellLaterAsync(log, level, id, log.Time.GetElapsedTime(_begun, now)));
                return false;
            }
        }

        private async Task TellLaterAsync(RestrainedLog log, LogLevel level, EventId id, TimeSpan since)
        {
            await Task.Delay(RestrainedLogs.Window - since, log.Time).ConfigureAwait(false);
            int more;
            lock (_lock)
                (more, _more, _lines) = (_more, 0, 0);
            log.Inner.Log(level, id, more, null, static (count, _) => $"… and {count} more like the last of these in the last minute");
        }
    }

    private ILogger Inner => inner;

    private TimeProvider Time => time;
}
