using JustHungry.Server.Shop;

namespace JustHungry.Server.Postcodes;

/// <summary>Says whether a postcode exists. Asked by the primary's daemon, before the request enters the core. Safe to call from any thread.</summary>
internal interface IPostcodeService
{
    /// <returns>Valid, Invalid, or Unavailable if it could not be found out; never NotAsked.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled. Every other failure is Unavailable.</exception>
    Task<PostcodeVerdict> CheckAsync(string postcode, CancellationToken cancel);
}
