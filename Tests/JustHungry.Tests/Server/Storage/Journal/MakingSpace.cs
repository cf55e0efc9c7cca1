using FluentAssertions;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage.Journal;

/// <summary>Segments are made ahead of need: a disk that is full then, and not when one is needed, ends nothing.</summary>
internal sealed class MakingSpace
{
    private const int Bytes = 16 * 1024;

    private readonly PoweredFiles _files = new();

    [Test]
    public void A_disk_that_was_full_for_a_while_is_no_failure_when_a_segment_is_needed()
    {
        using var spares = new SpareSegments(_files, new JournalOptions(), []);
        using var failed = new ManualResetEventSlim();
        SetFull(failed.Set);
        spares.Prepare(Bytes);
        failed.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();
        SetFull(null);

        spares.Take(Bytes).Length.Should().Be(Bytes);
    }

    [Test]
    public void A_disk_that_is_full_when_a_segment_is_needed_is_a_failure_and_none_for_the_next()
    {
        using var spares = new SpareSegments(_files, new JournalOptions(), []);
        SetFull(() => { });
        FluentActions.Invoking(() => spares.Take(Bytes)).Should().Throw<StorageException>().WithMessage("full");
        SetFull(null);

        spares.Take(Bytes).Length.Should().Be(Bytes);
    }

    private void SetFull(Action? seen) => _files.Quietly(() => _files.BeforeStep = seen is null
        ? null
        : _ =>
        {
            seen();
            throw new StorageException("full");
        });
}
