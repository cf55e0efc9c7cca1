using JustHungry.Server.Shop;

namespace JustHungry.Server.Postcodes;

/// <summary>Says whether a postcode exists. The primary's daemon asks when its core needs to know. Safe to call from any thread.</summary>
internal interface IPostcodeService
{
    /// <returns>Valid, Invalid, or Unavailable if it could not be found out; never NotAsked.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled. Any other failure is Unavailable.</exception>
    Task<PostcodeVerdict> CheckAsync(string postcode, CancellationToken cancel);
}
