using FluentAssertions;
using JustHungry.Protocol.Files;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Files;

public sealed class DirectorySyncTests
{
    private string _place = "";

    [SetUp]
    public void MakePlace() => _place = Directory.CreateTempSubdirectory("justhungry-test-").FullName;

    [TearDown]
    public void DeletePlace() => Directory.Delete(_place, recursive: true);

    [Test]
    public void The_name_of_a_directory_that_is_there_is_flushed_too_since_whoever_made_it_may_have_been_killed_before()
    {
        string directory = Path.Combine(_place, "a", "b");
        List<string> flushed = [];
        Directory.CreateDirectory(Path.Combine(_place, "a"));

        DirectorySync.Make(directory, flushed.Add);

        flushed.Should().Equal(_place, Path.Combine(_place, "a"));
        flushed.Clear();
        DirectorySync.Make(directory, flushed.Add);
        flushed.Should().Equal(Path.Combine(_place, "a"));
    }

    [Test]
    public void A_failed_flush_is_told_but_not_where_nobody_could_have_made_anything()
    {
        Action make = () => DirectorySync.Make(_place, _ => throw new IOException("the disk failed", 5));
        make.Should().Throw<IOException>();
        if (OperatingSystem.IsLinux())
            DirectorySync.Make("/proc/self"); // its parent can't be fsynced
        DirectorySync.Make(Path.GetPathRoot(_place)!);
    }
}
