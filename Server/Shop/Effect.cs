namespace JustHungry.Server.Shop;

/// <summary>The first element of an effect on the wire and on disk. Numbers are never re-used.</summary>
internal enum Effect : byte
{
    /// <summary>A primary began its epoch. Changes nothing in the shop; what matters is that every replica has the entry.</summary>
    ViewStarted = 1,
    OwnerKeySet = 2,
    ProductSet = 3,
    StockSet = 4,
    CustomerSet = 5,
    Answered = 6,
    OrderAdded = 7,
    OrderStatusSet = 8,
    StrangerRefused = 9,
}
