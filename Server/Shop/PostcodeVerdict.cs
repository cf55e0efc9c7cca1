namespace JustHungry.Server.Shop;

/// <summary>What the postcode service said about the postcode in a USER_DETAILS request.</summary>
internal enum PostcodeVerdict : byte
{
    NotAsked = 0,
    Valid = 1,
    Invalid = 2,
    Unavailable = 3,
}
