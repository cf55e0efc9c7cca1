namespace JustHungry.Server.Shop;

/// <summary>How a postcode is written: upper case, one space before its last three characters (the inward code).</summary>
internal static class PostcodeText
{
    private const int InwardChars = 3;

    public static string Normalise(string postcode)
    {
        string packed = string.Concat(postcode.Where(static c => !char.IsWhiteSpace(c))).ToUpperInvariant();
        return packed.Length <= InwardChars ? packed : packed[..^InwardChars] + " " + packed[^InwardChars..];
    }
}
