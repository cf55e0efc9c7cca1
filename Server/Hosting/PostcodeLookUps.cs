using JustHungry.Protocol.Rpc;
using JustHungry.Server.Postcodes;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Hosting;

/// <summary>Asks the postcode service outside the loop and posts its verdict into it. The core bounds how many are asked at once.</summary>
internal sealed class PostcodeLookUps(IPostcodeService service, CoreLoop<ReplicaCore> loop, ILogger log) : IPostcodeLookUp
{
    public void LookUp(ulong token, string postcode) =>
        Background.Run(log, "looking a postcode up", LookUpAsync(token, postcode));

    private async Task LookUpAsync(ulong token, string postcode)
    {
        PostcodeVerdict verdict = PostcodeVerdict.Unavailable;
        try
        {
            verdict = await service.CheckAsync(postcode, loop.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
        finally
        {
            loop.Post((core, now) => core.PostcodeAnswered(now, token, verdict));
        }
    }
}
