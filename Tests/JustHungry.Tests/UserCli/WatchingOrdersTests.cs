using System.Diagnostics;
using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Commands.Owner;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary><c>user shop orders --watch</c> through an outage, and at the end of its pipe.</summary>
internal sealed class WatchingOrdersTests
{
    [Test]
    public async Task It_goes_on_when_the_shop_was_away()
    {
        int looks = 0, prints = 0;
        using var stop = new CancellationTokenSource();
        Func<Task<Answer>> look = () => ++looks == 1 ? throw new UnavailableException("away", ExitCode.Unavailable, RequestId.None)
            : Task.FromResult<Answer>(new ShopOrdersAnswer([], More: true));
        Func<Task> watching = () => OrderBoard.FollowAsync(new ShopOrdersAnswer([], More: false), look, _ =>
        {
            if (++prints == 2)
                stop.Cancel();
            return Task.CompletedTask;
        }, stop.Token);
        await watching.Should().ThrowAsync<OperationCanceledException>();
        (looks, prints).Should().Be((2, 2));
    }

    [Test]
    [Platform("Linux")]
    public async Task It_ends_when_nobody_reads_it_any_more()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Script(RequestKind.ShopOrders, [.. Enumerable.Repeat(new ShopOrdersAnswer([], More: false), 20)]);
        string key = fixture.Directory.File("owner-key");
        File.WriteAllText(key, new OwnerKey(1, 2).ToFileText());
        var start = new ProcessStartInfo("bash", ["-c", $"\"$0\" shop orders --watch --owner-key-file '{key}' | head -1; echo ${{PIPESTATUS[0]}}", Path.Combine(AppContext.BaseDirectory, "user")])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Home.Variable] = fixture.Directory.Path;
        start.Environment[NameServerOptions.NameServerVariable] = fixture.FrontEnd.NameServer.ToString();
        using Process watch = Process.Start(start)!;
        string shown = await watch.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
        shown.Should().Be("There is nothing to cook.\n141\n");
    }
}
