using JustHungry.Tests;
using NUnit.Framework;

[assembly: LevelOfParallelism(SideBySideAttribute.AtOnce)]

namespace JustHungry.Tests;

/// <summary>
/// The fixture's tests run beside each other and beside those of other such fixtures: they mostly wait, for leases, slow disks and processes
/// that start. Not for what measures or judges by milliseconds: that runs alone, as everything without this attribute does. Each test has
/// a directory and ports of its own.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SideBySideAttribute() : ParallelizableAttribute(ParallelScope.All)
{
    /// <summary>One that starts, one that works and one that waits: together they keep two cores busy.</summary>
    public const int AtOnce = 3;
}
