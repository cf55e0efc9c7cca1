using Microsoft.Extensions.Logging;

namespace JustHungry.Server;

/// <summary>What a server logs: ids 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Information, "postcodes are asked of {Url}")]
    public static partial void PostcodesAsked(ILogger logger, string url);

    [LoggerMessage(2101, LogLevel.Information, "postcodes are checked offline: their format and area letters only, not whether they exist")]
    public static partial void PostcodesOffline(ILogger logger);

    [LoggerMessage(2102, LogLevel.Warning, "the postcode service fails, new customers are asked to try again: {Reason}")]
    public static partial void PostcodesFail(ILogger logger, string reason);

    [LoggerMessage(2103, LogLevel.Information, "the postcode service answers again")]
    public static partial void PostcodesAnswerAgain(ILogger logger);
}
