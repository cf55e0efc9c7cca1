using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using MessagePack;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Messages;

public sealed class ViewTests
{
    private static readonly View First = new(
        new ClusterId(7), "G", new Epoch(4), new ReplicaId("1"), [new Member(new ReplicaId("1"), new DiskId(1))], null, 2, 1);

    [Test]
    public void A_view_of_the_first_lineage_is_written_as_before_there_were_lineages()
    {
        ReadOnlySequence<byte> bytes = Write(First);
        new MessagePackReader(bytes).ReadArrayHeader().Should().Be(8);
        Read(bytes).HasSameContentAs(First).Should().BeTrue();
    }

    [Test]
    public void A_lineage_is_read_as_it_was_written()
    {
        View later = First with { Lineage = new Lineage(UInt128.MaxValue, new Epoch(3)) };
        View read = Read(Write(later));
        read.Lineage.Should().Be(later.Lineage);
        read.HasSameContentAs(First).Should().BeFalse("that one is of another lineage");
    }

    private static ReadOnlySequence<byte> Write(View view)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        View.Write(ref writer, view);
        writer.Flush();
        return new ReadOnlySequence<byte>(output.WrittenMemory);
    }

    private static View Read(in ReadOnlySequence<byte> bytes)
    {
        var reader = new MessagePackReader(bytes);
        return View.Read(ref reader);
    }
}
