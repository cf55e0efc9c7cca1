using System.Globalization;

namespace JustHungry.UserCli.Commands;

/// <summary>Reads an ORDER_ID.</summary>
internal static class OrderIdArgument
{
    /// <summary>What is wrong with it, in a sentence; null: nothing.</summary>
    public static string? MistakeIn(string command, string? text) =>
        text is null ? $"say which order: user {command} ORDER_ID."
        : !TryParse(text, out _) ? $"'{text}' is no order id: expected a whole number above 0."
        : null;

    public static bool TryParse(string? text, out int orderId) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out orderId) && orderId > 0;
}
