using FluentAssertions;
using JustHungry.Server.Postcodes;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Postcodes;

internal sealed class OfflinePostcodesTests
{
    [TestCase("M1 1AE")]
    [TestCase("M60 1NW")]
    [TestCase("CR2 6XH")]
    [TestCase("DN55 1PT")]
    [TestCase("W1A 1HQ")]
    [TestCase("EC1A 1BB")]
    [TestCase("SW1A 1AA")]
    [TestCase("sw1a1aa")]
    [TestCase(" s w1a 1a a ")]
    [TestCase("GIR 0AA")]
    [TestCase("gir0aa")]
    [TestCase("BT1 5GS")]
    [TestCase("JE2 3AB")]
    public async Task A_postcode_of_every_published_format_is_valid(string postcode) =>
        (await Check(postcode)).Should().Be(PostcodeVerdict.Valid);

    [TestCase("")]
    [TestCase("1AA")]
    [TestCase("SW1A")]
    [TestCase("M1 1A")]
    [TestCase("SW1A 1AAA")]
    [TestCase("QM1 1AE")]
    [TestCase("AA1 1AA", Description = "the format is right, the area does not exist")]
    [TestCase("Z1 1AA")]
    [TestCase("M1 1CE", Description = "C never stands in the inward code")]
    [TestCase("W1I 1HQ")]
    [TestCase("EC1Z 1BB")]
    [TestCase("SW111A 1AA")]
    [TestCase("GIR 1AA")]
    [TestCase("M1 1AE\nX")]
    [TestCase("M١ 1AE", Description = "an Arabic digit")]
    public async Task Anything_else_is_invalid(string postcode) => (await Check(postcode)).Should().Be(PostcodeVerdict.Invalid);

    private static Task<PostcodeVerdict> Check(string postcode) => new OfflinePostcodes().CheckAsync(postcode, CancellationToken.None);
}
