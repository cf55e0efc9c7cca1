namespace JustHungry.UserCli.Client;

/// <summary>
/// Phone numbers as people write them. The shop takes only digits and hyphens. So spaces, dots and slashes become hyphens, brackets are
/// dropped, and a leading plus becomes the 00 that is dialled for it; then a "(0)" is dropped too, since nobody dials it after 00.
/// </summary>
internal static class PhoneNumber
{
    private const string InternationalPrefix = "00";

    /// <summary>Keeps what can't be part of a number, so that the shop refuses it instead of it being dropped silently.</summary>
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
