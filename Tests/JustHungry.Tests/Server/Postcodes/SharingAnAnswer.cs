using FluentAssertions;
using JustHungry.Server.Postcodes;
using JustHungry.Server.Shop;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Postcodes;

/// <summary>Equal questions that are under way at the same time.</summary>
internal sealed class SharingAnAnswer
{
    [Test]
    public async Task All_who_ask_for_one_postcode_get_the_answer_to_one_question()
    {
        using var answers = new SemaphoreSlim(0);
        await using var server = new PostcodeServer(async _ =>
        {
            await answers.WaitAsync();
            return PostcodeServer.Response("""{"status":200,"result":true}""");
        });
        using var service = new PostcodesIo(server.Url, NullLogger.Instance, StoppedTime.Instance);
        using var cancel = new CancellationTokenSource();
        Task<PostcodeVerdict> first = service.CheckAsync("M1 1AE", cancel.Token);
        Task<PostcodeVerdict>[] others = [.. Enumerable.Range(0, 2 * PostcodesIo.PendingMax).Select(_ => service.CheckAsync("m11ae", CancellationToken.None))];

        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
        answers.Release(10);

        (await Task.WhenAll(others)).Should().AllBeEquivalentTo(PostcodeVerdict.Valid, "who gave up did not end it for the others");
        server.Requests.Should().ContainSingle();
    }
}
