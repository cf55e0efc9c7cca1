using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>Checks a requested cart against the rules that don't depend on the shop, then prices it by the shop's catalogue.</summary>
internal static class Cart
{
    /// <summary>What is wrong with these lines, whatever the shop sells; null if nothing is.</summary>
    public static RefusalAnswer? FirstFault(IReadOnlyList<CartLine> lines)
    {
        if (lines.Count == 0)
            return new RefusalAnswer(AnswerCode.EmptyOrder);
        if (lines.Count > OrderLimits.LinesMax)
            return InvalidOrder("lines");

        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i].Quantity is < 1 or > OrderLimits.QuantityMax)
                return InvalidOrder("quantity");
            for (int earlier = 0; earlier < i; earlier++)
            {
                if (string.Equals(lines[i].Product, lines[earlier].Product, StringComparison.Ordinal))
                    return InvalidOrder("product");
            }
        }

        return null;
    }

    /// <summary>What is wrong with this order, whatever the shop sells; null if nothing is.</summary>
    public static RefusalAnswer? FirstFault(OrderDraft draft) =>
        FirstFault(draft.Lines) is { } fault ? fault
        : !Deliveries.IsKnown(draft.Delivery) ? InvalidOrder("delivery")
        : draft.Tip.Value < 0 || draft.Tip.Value > OrderLimits.TipMax.Value ? InvalidOrder("tip")
        : draft.ConfirmedTotal is { Value: < 0 } ? InvalidOrder("total")
        : null;

    /// <summary>
    /// Finds the products and current prices of lines that have passed <see cref="FirstFault(IReadOnlyList{CartLine})"/>.
    /// </summary>
    /// <param name="total">The total of the lines, without delivery and tip.</param>
    /// <returns>The refusal, or null.</returns>
    public static RefusalAnswer? Price(IReadOnlyList<CartLine> lines, ProductTable products, out OrderRowLine[] priced, out Pence total)
    {
        priced = new OrderRowLine[lines.Count];
        total = Pence.Zero;
        for (int i = 0; i < priced.Length; i++)
        {
            if (!products.TryFind(lines[i].Product, out int number))
                return new RefusalAnswer(AnswerCode.UnknownProduct, Product: lines[i].Product);

            priced[i] = new OrderRowLine(number, lines[i].Quantity, products[number].Price);
            total += priced[i].Price * priced[i].Quantity;
        }

        return null;
    }

    public static RefusalAnswer InvalidOrder(string field) => new(AnswerCode.InvalidOrder, Field: field);
}
