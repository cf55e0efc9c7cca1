using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Postcodes;

/// <summary>Which service <c>--postcodes URL|offline</c> means.</summary>
internal static class PostcodeServices
{
    public const string Default = "https://api.postcodes.io";
    public const string Offline = "offline";

    /// <summary>What is wrong with the option as typed, in a sentence; null: nothing.</summary>
    public static string? CheckOption(string text) =>
        text == Offline || TryParse(text, out _) ? null : $"--postcodes {text}: expected the URL of a service like {Default}, or {Offline}.";

    /// <summary>Call after <see cref="CheckOption"/> has found nothing. Dispose what comes back if it is disposable.</summary>
    public static IPostcodeService Create(string text, ILogger logger)
    {
        if (text == Offline)
        {
            Log.PostcodesOffline(logger);
            return new OfflinePostcodes();
        }

        return TryParse(text, out Uri? url) ? new PostcodesIo(url, logger) : throw new ArgumentException("the option was not checked", nameof(text));
    }

    private static bool TryParse(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) &&
        url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0;
}
