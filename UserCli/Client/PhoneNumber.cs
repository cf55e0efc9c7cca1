namespace JustHungry.UserCli.Client;

/// <summary>
/// Phone numbers as people write them. The shop takes digits and hyphens: spaces, dots and slashes become hyphens, brackets go, and a
/// leading plus becomes the 00 that is dialled for it, after which nobody dials a bracketed 0.
/// </summary>
internal static class PhoneNumber
{
    private const string InternationalPrefix = "00";

    /// <summary>What can't be part of a number stays, so that it is refused and not dropped.</summary>
    public static string Normalise(string typed)
    {
        string text = typed.Trim();
        bool isInternational = text.StartsWith('+');
        string number = isInternational ? text[1..].Replace("(0)", " ", StringComparison.Ordinal) : text;
        string hyphened = string.Concat(number.Where(c => c is not ('(' or ')')).Select(c => char.IsWhiteSpace(c) || c is '.' or '/' ? '-' : c));
        while (hyphened.Contains("--", StringComparison.Ordinal))
            hyphened = hyphened.Replace("--", "-", StringComparison.Ordinal);
        return isInternational ? InternationalPrefix + hyphened.Trim('-') : hyphened.Trim('-');
    }
}
