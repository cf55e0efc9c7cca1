using JustHungry.Protocol.Framing;
using MessagePack;

namespace JustHungry.Protocol.Ordering;

/// <summary>
/// Why a request was not done, with the fields that go with its code: a field's name (InvalidDetails, InvalidOrder), a product (LowStock,
/// UnknownProduct), how many are left (LowStock), the total now (PriceChanged), and whether the request was ever sent to a replica.
/// </summary>
/// <param name="NotSent">For TooFewReplicas and Overloaded: no replica has seen the request, so it took no effect.</param>
public sealed record RefusalAnswer(AnswerCode Reason, string? Field = null, string? Product = null, int? Left = null, Pence? Total = null, bool NotSent = false)
    : Answer
{
    private const int Fields = 5;
    private const int FieldBytesMax = 32;

    public override AnswerCode Code => Reason;

    /// <summary>What happened and what to do, in a sentence for people.</summary>
    public string Message() => Reason switch
    {
        AnswerCode.UnknownUser => "The shop has no details of you yet: enter them first.",
        AnswerCode.InvalidDetails => $"The {Field} is not valid: it must not be empty, and a phone number has digits and hyphens only.",
        AnswerCode.InvalidPostcode => "There is no such postcode: check it and enter it again.",
        AnswerCode.PostcodeServiceUnavailable => "The postcode could not be checked, because the postcode service does not answer: try again in a moment.",
        AnswerCode.LowStock when Left == 0 => $"{Product} is out of stock: take it out of the cart.",
        AnswerCode.LowStock => $"Only {Left} of {Product} left: order fewer.",
        AnswerCode.UnknownProduct => $"The shop has no product called {Product}: see the product list.",
        AnswerCode.EmptyOrder => "The order has no items: add one.",
        AnswerCode.InvalidOrder => $"The order's {Field} is not valid.",
        AnswerCode.PriceChanged => $"A price has changed: the total is {Total} now. Confirm it and order again.",
        AnswerCode.UnknownOrder when Field == "user" => "That user has no order with that id: see the shop's orders.",
        AnswerCode.UnknownOrder => "You have no order with that id: see your orders.",
        AnswerCode.AlreadyCancelled => "That order is already cancelled.",
        AnswerCode.AlreadyDelivered => "That order is already delivered.",
        AnswerCode.Expired => "This request is too old to be answered again: see your order history for what became of it.",
        AnswerCode.RequestIdReused => "This request's id was used before with another content: nothing was done.",
        AnswerCode.Rejected => "The shop failed on this request; nothing was done.",
        AnswerCode.Unsupported => "The shop does not understand this request: is this program of the same version?",
        AnswerCode.NotOwner => "That is not the key of this shop's owner: name the right file.",
        AnswerCode.NoOwner => "This shop was opened without an owner's key: it has no owner who could do that.",
        AnswerCode.InvalidProduct when Field == "name" =>
            $"The product's name is not valid: it has 1 to {OrderLimits.ProductNameCharsMax} characters, none of them a control character, and no space at either end.",
        AnswerCode.InvalidProduct when Field == "price" => $"The price is not valid: it is 0 to {OrderLimits.PriceMax}.",
        AnswerCode.InvalidProduct when Field == "quantity" => $"The quantity is not valid: it is 1 or more, and no stock is above {OrderLimits.StockMax}.",
        AnswerCode.InvalidProduct => $"The {Field} is not valid: it is a whole number from 0 to {OrderLimits.StockMax}.",
        AnswerCode.ProductExists => $"The shop already sells {Product}: change its price or restock it.",
        AnswerCode.ShopFull => $"The shop already sells {OrderLimits.ProductsMax} products: retire one first.",
        AnswerCode.CustomersFull => "The shop takes no new customers, since it has as many as it has room for: ask its owner to make room, then give your details again.",
        AnswerCode.TooFewReplicas => "Too few servers are running to take orders safely.",
        AnswerCode.Overloaded => "The shop is very busy.",
        _ => Reason.ToString(),
    };

    internal static RefusalAnswer ReadContent(AnswerCode code, ref MessagePackReader reader)
    {
        reader.ExpectArray(Fields);
        return new RefusalAnswer(
            code, reader.TryReadNil() ? null : reader.ReadText(FieldBytesMax), reader.TryReadNil() ? null : reader.ReadText(OrderLimits.ProductNameCharsMax * 4),
            reader.TryReadNil() ? null : reader.ReadInt32(), reader.TryReadNil() ? null : new Pence(reader.ReadInt64()), reader.ReadBoolean());
    }

    protected override void WriteContent(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(Field);
        writer.Write(Product);
        if (Left is { } left)
            writer.Write(left);
        else
            writer.WriteNil();
        if (Total is { } total)
            writer.Write(total.Value);
        else
            writer.WriteNil();
        writer.Write(NotSent);
    }
}
