using FluentAssertions;
using JustHungry.Protocol.Daemons;
using JustHungry.Tests.EndToEnd.Rig;
using JustHungry.Tests.Fakes;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Daemons;

/// <summary>Whoever causes lines of the log can neither fill a disk with them nor write them.</summary>
internal sealed class RestrainedLogsTests
{
    private readonly RecordedLog _lines = new();
    private readonly ManualTime _time = new();
    private RestrainedLog _log = null!;

    [SetUp]
    public void Begin()
    {
        _lines.Lines.Clear();
        _log = new RestrainedLog(_lines, _time);
    }

    [Test]
    public async Task More_than_so_many_lines_a_minute_of_one_kind_are_counted()
    {
        Write(1, LogLevel.Warning, RestrainedLogs.LinesMax + 214);
        Write(2, LogLevel.Warning, 1);
        _lines.Lines.Should().HaveCount(RestrainedLogs.LinesMax + 1, "another kind has its own lines");

        await Poll.UntilAsync("the minute's end is awaited", () => _time.Timers == 1);
        _time.Advance((int)RestrainedLogs.Window.TotalMilliseconds);

        await Poll.UntilAsync("it is told", () => _lines.Lines.Count == RestrainedLogs.LinesMax + 2);
        _lines.Lines.Last().Should().Be("Warning: … and 214 more like the last of these in the last minute");
        Write(1, LogLevel.Warning, 1);
        _lines.Lines.Should().HaveCount(RestrainedLogs.LinesMax + 3);
    }

    [Test]
    public void A_minute_begins_anew_when_none_was_left_out()
    {
        Write(1, LogLevel.Error, RestrainedLogs.LinesMax);
        _time.Advance((int)RestrainedLogs.Window.TotalMilliseconds);
        Write(1, LogLevel.Error, RestrainedLogs.LinesMax);

        _lines.Lines.Should().HaveCount(2 * RestrainedLogs.LinesMax);
    }

    [Test]
    public void What_somebody_asked_for_is_not_left_out()
    {
        Write(1, LogLevel.Debug, 10 * RestrainedLogs.LinesMax);

        _lines.Lines.Should().HaveCount(10 * RestrainedLogs.LinesMax);
    }

    [TestCase("replica 1\n12:00 info: all is well", @"replica 1\u000A12:00 info: all is well")]
    [TestCase("\u001b[2J\u202eabc\u2028", @"\u001B[2J\u202Eabc\u2028")]
    [TestCase("café – 3 × banana", "café – 3 × banana")]
    public void Control_characters_are_escaped(string said, string logged)
    {
        _log.Log(LogLevel.Warning, new EventId(1), said, null, static (text, _) => text);

        _lines.Lines.Should().Equal("Warning: " + logged);
    }

    private void Write(int id, LogLevel level, int lines)
    {
        for (int i = 0; i < lines; i++)
            _log.Log(level, new EventId(id), i, null, static (number, _) => $"line {number}");
    }
}
