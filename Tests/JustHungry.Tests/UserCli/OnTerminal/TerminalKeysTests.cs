using System.Collections.Concurrent;
using FluentAssertions;
using JustHungry.UserCli.Menus.OnTerminal;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli.OnTerminal;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TerminalKeysTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly BlockingCollection<char> _typed = [];
    private readonly SemaphoreSlim _reads = new(0);
    private readonly TerminalKeys _keys;
    private int _looks;

    public TerminalKeysTests() => _keys = new TerminalKeys(
        () =>
        {
            _looks++;
            return _typed.Count > 0;
        },
        () =>
        {
            _reads.Release();
            return new ConsoleKeyInfo(_typed.Take(), default, shift: false, alt: false, control: false);
        });

    public void Dispose()
    {
        _reads.Dispose();
        _typed.Dispose();
    }

    [Test]
    public async Task A_question_waits_in_one_read_and_does_not_keep_looking()
    {
        Task<ConsoleKeyInfo?> waiting = _keys.ReadKeyAsync(intercept: true, CancellationToken.None);
        (await _reads.WaitAsync(Deadline)).Should().BeTrue();
        waiting.IsCompleted.Should().BeFalse();

        _typed.Add('a');

        (await waiting.WaitAsync(Deadline))!.Value.KeyChar.Should().Be('a');
        (_looks, _reads.CurrentCount).Should().Be((0, 0));
    }

    [Test]
    public async Task The_key_after_an_interrupted_question_goes_to_the_next_one()
    {
        using var interrupt = new CancellationTokenSource();
        Task<ConsoleKeyInfo?> interrupted = _keys.ReadKeyAsync(intercept: true, interrupt.Token);
        await interrupt.CancelAsync();
        Func<Task> ended = () => interrupted.WaitAsync(Deadline);
        await ended.Should().ThrowAsync<OperationCanceledException>();

        Task<ConsoleKeyInfo?> next = _keys.ReadKeyAsync(intercept: true, CancellationToken.None);
        _typed.Add('a');
        _typed.Add('b');

        (await next.WaitAsync(Deadline))!.Value.KeyChar.Should().Be('a');
        (await _keys.ReadKeyAsync(intercept: true, CancellationToken.None).WaitAsync(Deadline))!.Value.KeyChar.Should().Be('b');
    }

    [Test]
    public async Task Pasted_text_is_seen_to_be_there()
    {
        _keys.IsKeyAvailable().Should().BeFalse();
        Task<ConsoleKeyInfo?> first = _keys.ReadKeyAsync(intercept: true, CancellationToken.None);
        _typed.Add('a');
        _typed.Add('b');
        await first.WaitAsync(Deadline);

        _keys.IsKeyAvailable().Should().BeTrue();
    }
}
