using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

public sealed partial class ProfileFileTests
{
    [Test]
    public async Task A_profile_of_the_version_before_is_taken_over_with_its_update_in_flight()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file.Path)!);
        File.WriteAllText(
            _file.Path,
            """
            {
              "version": 1, "userId": "000000000000000000000000000000a1", "userKey": "0000000000000000000000000000000000000000000000000000000000000abc",
              "nextSequence": 8,
              "details": {"firstName": "Ada", "lastName": "King", "phone": "020-7946", "postcode": "SW1A 1AA", "address": "12 St James's Square"},
              "group": "JH_orders", "frontEnds": ["127.0.0.1:4000"],
              "update": {"group": "JH_orders", "sequence": 7, "requestId": "000000000000000000000000000000b2", "kind": "Cancel", "body": "AQ==", "words": "cancellation of order 1"}
            }
            """);

        Profile profile = await _file.LoadAsync(default);

        (profile.User, profile.NextSequence, profile.Details).Should().Be((new UserId(0xA1), new Sequence(8), Ada));
        profile.Shops.Should().BeEmpty("it did not say of which name server its front ends were");
        (profile.InFlight!.Sequence, profile.InFlight.RequestId, profile.InFlight.Kind).Should().Be((new Sequence(7), new RequestId(0xB2), RequestKind.Cancel));
        profile.InFlight.MayBeFor(Here).Should().BeTrue();
        profile.InFlight.MayBeFor(Here with { Group = "other" }).Should().BeFalse();

        using (LockedProfile locked = await _file.LockAsync(default))
            locked.Save(locked.Current);
        (await _file.LoadAsync(default)).InFlight!.Body.ToArray().Should().Equal(1);
    }
}
