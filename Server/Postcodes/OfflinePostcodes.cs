using System.Collections.Frozen;
using System.Text.RegularExpressions;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Postcodes;

/// <summary>
/// For a machine without internet: checks that a postcode has the published UK format (BS 7666, as in the Government Data Standards
/// Catalogue) and begins with a postcode area that exists. It can't know whether the postcode itself exists.
/// </summary>
internal sealed partial class OfflinePostcodes : IPostcodeService
{
    private static readonly FrozenSet<string> Areas = (
        "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY " +
        "HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL " +
        "PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The Girobank's postcode, the only one that fits no pattern.</summary>
    private const string Girobank = "GIR 0AA";

    public Task<PostcodeVerdict> CheckAsync(string postcode, CancellationToken cancel) =>
        Task.FromResult(Exists(PostcodeText.Normalise(postcode)) ? PostcodeVerdict.Valid : PostcodeVerdict.Invalid);

    private static bool Exists(string postcode) =>
        postcode == Girobank || (Format().Match(postcode) is { Success: true } match && Areas.Contains(match.Groups["area"].Value));

    [GeneratedRegex(
        @"^(?:(?<area>[A-Z-[QVX]])[0-9][0-9]?|(?<area>[A-Z-[QVX]][A-Z-[IJZ]])[0-9][0-9]?|" +
        @"(?<area>[A-Z-[QVX]])[0-9][A-HJKPSTUW]|(?<area>[A-Z-[QVX]][A-Z-[IJZ]])[0-9][ABEHMNPRVWXY]) [0-9][A-Z-[CIKMOV]]{2}\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Format();
}
