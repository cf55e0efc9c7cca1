using JustHungry.Protocol.Commands;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Postcodes;

/// <summary>Which service <c>--postcodes URL|offline</c> means.</summary>
internal static class PostcodeServices
{
    public const string Default = "https://api.postcodes.io";
    public const string Offline = "offline";

    /// <summary>Null: offline.</summary>
    public static Typed<Uri?> Parse(string text) =>
        text == Offline ? Typed.Of<Uri?>(null)
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) &&
            url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0 ? url
        : new Wrong($"--postcodes {text}: expected the URL of a service like {Default}, or {Offline}.");

    /// <summary>The caller disposes the result, if it is disposable.</summary>
    /// <param name="url">Null: offline.</param>
    public static IPostcodeService Create(Uri? url, ILogger logger)
    {
        if (url is not null)
            return new PostcodesIo(url, logger);

        Log.PostcodesOffline(logger);
        return new OfflinePostcodes();
    }
}
