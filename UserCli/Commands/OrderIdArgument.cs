using System.Globalization;
using JustHungry.Protocol.Commands;

namespace JustHungry.UserCli.Commands;

/// <summary>Reads an ORDER_ID.</summary>
internal static class OrderIdArgument
{
    /// <param name="command">The words before it on the command line.</param>
    public static Typed<int> Parse(string command, string? text) =>
        text is null ? new Wrong($"say which order: user {command} ORDER_ID.")
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int orderId) && orderId > 0 ? orderId
        : new Wrong($"'{text}' is no order id: expected a whole number above 0.");
}
