namespace JustHungry.Server.Shop;

/// <summary>What the postcode service said of a USER_DETAILS request's postcode.</summary>
internal enum PostcodeVerdict : byte
{
    NotAsked = 0,
    Valid = 1,
    Invalid = 2,
    Unavailable = 3,
}
