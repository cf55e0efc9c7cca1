using FluentAssertions;
using JustHungry.Protocol.Files;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Files;

public sealed class FileLockTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("justhungry-test-").FullName;

    private string LockFile => Path.Combine(_directory, "lock");

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void One_at_a_time_has_it()
    {
        using (FileLock? held = FileLock.TryTake(LockFile))
        {
            held.Should().NotBeNull();
            FileLock.TryTake(LockFile).Should().BeNull();
        }

        File.Exists(LockFile).Should().BeTrue("two others could lock two different files");
        using FileLock? next = FileLock.TryTake(LockFile);
        next.Should().NotBeNull();
    }

    [Test]
    public void What_is_no_lock_held_by_another_is_told_as_it_is() =>
        FluentActions.Invoking(() => FileLock.TryTake(Path.Combine(_directory, "missing", "lock"))).Should().Throw<DirectoryNotFoundException>();
}
