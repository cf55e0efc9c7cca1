using System.Diagnostics;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

[Platform("Linux")]
internal sealed class FillingTheDisk
{
    private const int BatchBytes = 20_000;

    private string _mount = "";

    [SetUp]
    public void Mount()
    {
        _mount = Directory.CreateTempSubdirectory("justhungry-test-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", _mount) is { Length: > 0 } refusal)
        {
            Directory.Delete(_mount);
            Assert.Ignore("this test needs the right to mount a small disk: " + refusal);
        }
    }

    [TearDown]
    public void Unmount()
    {
        if (!Directory.Exists(_mount))
            return;

        Run("umount", _mount).Should().BeEmpty();
        Directory.Delete(_mount);
    }

    [Test]
    public void A_full_disk_is_a_failure_and_keeps_what_was_written()
    {
        var full = new TestDisk(Directory.CreateDirectory(Path.Combine(_mount, "own")).FullName);
        full.Start();
        int written = 0;
        Exception? failure = null;
        while (failure is null)
        {
            full.Disk.Write(new LogWrite { Append = { Batch(written + 1) } });
            if (full.NextAny() is Exception e)
                failure = e;
            else
                written++;
            written.Should().BeLessThan(200, "the disk has only 2 MiB");
        }

        failure.Should().BeOfType<StorageException>().Which.Message.Should().StartWith(full.Directory).And.Contain("full");
        written.Should().BeGreaterThan(10);
        using (TestDisk larger = full.Killed())
            KeepingTheLog.Same(larger.Start().Batches, [.. Enumerable.Range(1, written).Select(Batch)]);
        full.Dispose();
    }

    private static LogBatch Batch(int index) => LogBatch.Create(new EntryIndex((ulong)index), 1, new Epoch(1), new byte[BatchBytes]);

    /// <returns>What went wrong; empty: nothing.</returns>
    private static string Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : $"{command} ended with {process.ExitCode}: {errors}";
    }
}
