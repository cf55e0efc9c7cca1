using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Messages;

public sealed class FrameTextTests
{
    [Test]
    public void A_frame_says_its_epochs_positions_and_round()
    {
        var append = new Append(
            new Epoch(3), new Round(17), new EntryPosition(new EntryIndex(12), new Epoch(2)), new Epoch(3), 1, 0, new ReadOnlySequence<byte>(new byte[8]), new EntryIndex(11));
        string text = FrameText.Of(0, append);
        text.Should().StartWith("[0] Append epoch 3 round 17 after ").And.EndWith("+1@3 commit 11");
    }

    [Test]
    public void A_request_shows_neither_its_key_nor_what_a_customer_has_typed()
    {
        byte[] body = [0x95, .. "\xA3Ada\xA4King"u8];
        var key = new UserKey(0x1234_5678_9ABC_DEF0, 0x0FED_CBA9_8765_4321);
        var request = new Request(new UserRequest(new UserId(7), key, new Sequence(4), new RequestId(9), RequestKind.UserDetails, new ReadOnlySequence<byte>(body)));
        FrameText.Of(5, request).Should().Be("[5] Request UserDetails 4");
    }

    [Test]
    public void A_frame_that_is_malformed_is_said_to_be_and_not_thrown()
    {
        byte[] bytes = [0x92, 0xCC, (byte)MessageType.Appended, 0x05]; // no fields
        FrameText.Of(new Frame(new ReadOnlySequence<byte>(bytes))).Should().Be("[5] Appended with 0 fields, where 3 are needed");
    }
}
