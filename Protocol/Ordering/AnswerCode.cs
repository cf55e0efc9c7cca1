namespace JustHungry.Protocol.Ordering;

/// <summary>What an answer is. The names from UnknownUser on are the typed errors, as JSON shows them.</summary>
public enum AnswerCode : byte
{
    Details = 1,
    Order = 2,
    Products = 3,
    Cost = 4,
    Orders = 5,
    Product = 6,
    ShopOrders = 7,
    ShopReport = 8,
    OwnerKey = 9,

    // refusals: final
    UnknownUser = 20,
    InvalidDetails = 21,
    InvalidPostcode = 22,
    PostcodeServiceUnavailable = 23,
    LowStock = 24,
    UnknownProduct = 25,
    EmptyOrder = 26,
    InvalidOrder = 27,
    PriceChanged = 28,
    UnknownOrder = 29,
    AlreadyCancelled = 30,
    AlreadyDelivered = 31,
    Expired = 32,
    RequestIdReused = 33,

    /// <summary>The shop failed on this request, which had no effect.</summary>
    Rejected = 34,
    Unsupported = 35,

    /// <summary>An owner's request with a key that is not the owner's.</summary>
    NotOwner = 36,

    /// <summary>An owner's request to a shop that has no owner.</summary>
    NoOwner = 37,
    InvalidProduct = 38,
    ProductExists = 39,

    /// <summary>The shop already sells as many products as one answer can list.</summary>
    ShopFull = 40,

    /// <summary>The shop has as many customers as its servers are set to hold: somebody new can't become one.</summary>
    CustomersFull = 41,

    // not final: the request is tried again. They say nothing about an update's outcome unless they carry notSent.
    TooFewReplicas = 60,
    Overloaded = 61,
}

/// <summary>What the codes mean to whoever asked.</summary>
public static class AnswerCodes
{
    private const AnswerCode FirstRefusal = AnswerCode.UnknownUser;
    private const AnswerCode FirstNotFinal = AnswerCode.TooFewReplicas;

    public static bool IsRefusal(this AnswerCode code) => code >= FirstRefusal;

    /// <summary>True for an answer that settles its request for ever.</summary>
    public static bool IsFinal(this AnswerCode code) => code < FirstNotFinal;
}
