using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Server.Postcodes;
using JustHungry.Server.Shop;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Postcodes;

[Category("Slow")]
internal sealed class PostcodesIoTests
{
    private const string Yes = """{"status":200,"result":true}""";
    private const string No = """{"status":200,"result":false}""";

    [Test]
    public async Task A_postcode_that_the_service_knows_is_valid_and_asked_for_as_it_will_be_stored()
    {
        await using PostcodeServer server = PostcodeServer.Saying(Yes);

        (await Check(server.Url, "sw1a1aa")).Should().Be(PostcodeVerdict.Valid);

        server.Requests.Should().Equal("GET /postcodes/SW1A%201AA/validate HTTP/1.1");
    }

    [Test]
    public async Task The_services_url_may_have_a_path()
    {
        await using PostcodeServer server = PostcodeServer.Saying(Yes);

        (await Check(new Uri(server.Url, "/mirror/"), "M1 1AE")).Should().Be(PostcodeVerdict.Valid);

        server.Requests.Should().Equal("GET /mirror/postcodes/M1%201AE/validate HTTP/1.1");
    }

    [Test]
    public async Task A_postcode_that_the_service_does_not_know_is_invalid_each_time_it_is_asked()
    {
        await using PostcodeServer server = PostcodeServer.Saying(No);
        using var service = new PostcodesIo(server.Url, NullLogger.Instance, StoppedTime.Instance);

        (await service.CheckAsync("ZZ99 9ZZ", CancellationToken.None)).Should().Be(PostcodeVerdict.Invalid);
        (await service.CheckAsync("ZZ99 9ZZ", CancellationToken.None)).Should().Be(PostcodeVerdict.Invalid);
        server.Requests.Should().HaveCount(2, "it may exist tomorrow");
    }

    [TestCase("500 Internal Server Error", Yes)]
    [TestCase("404 Not Found", """{"status":404,"error":"Postcode not found"}""")]
    [TestCase("429 Too Many Requests", "")]
    [TestCase("200 OK", "")]
    [TestCase("200 OK", "<html>captive portal</html>")]
    [TestCase("200 OK", "true")]
    [TestCase("200 OK", "[]")]
    [TestCase("200 OK", """{"status":200}""")]
    [TestCase("200 OK", """{"status":200,"result":"true"}""")]
    [TestCase("200 OK", """{"status":200,"result":null}""")]
    [TestCase("200 OK", """{"status":500,"result":true}""")]
    [TestCase("200 OK", """{"status":200,"result":true""")]
    public async Task A_wrong_answer_is_unavailable_never_invalid(string status, string body)
    {
        await using PostcodeServer server = PostcodeServer.Saying(body, status);

        (await Check(server.Url, "M1 1AE")).Should().Be(PostcodeVerdict.Unavailable);
        server.Requests.Should().NotBeEmpty();
    }

    [TestCase("")]
    [TestCase("garbage\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\"")]
    public async Task What_is_not_http_is_unavailable(string response)
    {
        await using var server = new PostcodeServer(_ => Task.FromResult(response));

        (await Check(server.Url, "M1 1AE")).Should().Be(PostcodeVerdict.Unavailable);
        server.Requests.Should().NotBeEmpty();
    }

    [Test]
    public async Task An_answer_of_many_megabytes_is_unavailable()
    {
        await using PostcodeServer server = PostcodeServer.Saying(new string(' ', 10_000_000) + Yes);

        (await Check(server.Url, "M1 1AE")).Should().Be(PostcodeVerdict.Unavailable);
    }

    [Test]
    public async Task A_slow_service_is_unavailable_after_2_seconds()
    {
        await using var server = new PostcodeServer(async _ =>
        {
            await Task.Delay(Timeout.Infinite);
            return "";
        });
        using var service = new PostcodesIo(server.Url, NullLogger.Instance);
        var watch = Stopwatch.StartNew();

        (await service.CheckAsync("M1 1AE", CancellationToken.None)).Should().Be(PostcodeVerdict.Unavailable);

        // the upper bound leaves a busy machine some time
        watch.ElapsedMilliseconds.Should().BeInRange(1_900, 10_000);
    }

    [Test]
    public async Task A_service_that_dribbles_its_answer_is_unavailable_after_2_seconds_too()
    {
        await using var server = new PostcodeServer(_ => Task.FromResult("HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{"), keepOpen: true);
        using var service = new PostcodesIo(server.Url, NullLogger.Instance);
        var watch = Stopwatch.StartNew();

        (await service.CheckAsync("M1 1AE", CancellationToken.None)).Should().Be(PostcodeVerdict.Unavailable);

        watch.ElapsedMilliseconds.Should().BeInRange(1_900, 10_000);
    }

    [Test]
    public async Task A_service_that_does_not_listen_is_unavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        listener.Stop();

        (await Check(url, "M1 1AE")).Should().Be(PostcodeVerdict.Unavailable);
    }

    [Test]
    public async Task A_valid_postcode_is_asked_for_once_and_then_known_also_when_the_service_is_gone()
    {
        using PostcodesIo service = await Ask();

        (await service.CheckAsync("m11ae", CancellationToken.None)).Should().Be(PostcodeVerdict.Valid);
        (await service.CheckAsync("M2 1AE", CancellationToken.None)).Should().Be(PostcodeVerdict.Unavailable);

        static async Task<PostcodesIo> Ask()
        {
            await using PostcodeServer server = PostcodeServer.Saying(Yes);
            var service = new PostcodesIo(server.Url, NullLogger.Instance, StoppedTime.Instance);
            (await service.CheckAsync("M1 1AE", CancellationToken.None)).Should().Be(PostcodeVerdict.Valid);
            return service;
        }
    }

    [Test]
    public async Task A_failure_is_forgotten_as_soon_as_the_service_answers()
    {
        int asked = 0;
        await using var server = new PostcodeServer(_ =>
            Task.FromResult(Interlocked.Increment(ref asked) == 1 ? PostcodeServer.Response("", "500 Oops") : PostcodeServer.Response(Yes)));
        using var service = new PostcodesIo(server.Url, NullLogger.Instance, StoppedTime.Instance);

        (await service.CheckAsync("M1 1AE", CancellationToken.None)).Should().Be(PostcodeVerdict.Unavailable);
        (await service.CheckAsync("M1 1AE", CancellationToken.None)).Should().Be(PostcodeVerdict.Valid);
    }

    [TestCase("../../admin")]
    [TestCase("M1 1AE?x=1")]
    [TestCase("M1%201AE")]
    [TestCase(".")]
    [TestCase("É1 1AE")]
    [TestCase("THIS IS FAR TOO LONG FOR A POSTCODE")]
    public async Task What_cannot_be_a_postcode_is_invalid_and_never_sent_to_the_service(string postcode)
    {
        await using PostcodeServer server = PostcodeServer.Saying(Yes);

        (await Check(server.Url, postcode)).Should().Be(PostcodeVerdict.Invalid);

        server.Requests.Should().BeEmpty();
    }

    [Test]
    public async Task No_more_than_16_are_asked_at_a_time_and_all_are_answered()
    {
        using var answers = new SemaphoreSlim(0);
        await using var server = new PostcodeServer(async _ =>
        {
            await answers.WaitAsync();
            return PostcodeServer.Response(Yes);
        });
        using var service = new PostcodesIo(server.Url, NullLogger.Instance, StoppedTime.Instance);
        Task<PostcodeVerdict>[] asking = [.. Enumerable.Range(0, 64).Select(i => service.CheckAsync($"M{i} 1AE", CancellationToken.None))];

        for (int asked = 16; asked <= 64; asked++)
        {
            await UntilAsync(() => server.Requests.Count >= asked);
            answers.Release();
        }

        answers.Release(15);
        (await Task.WhenAll(asking)).Should().AllBeEquivalentTo(PostcodeVerdict.Valid);
        server.OpenMax.Should().Be(16);
    }

    [Test]
    public async Task Who_comes_when_very_many_wait_is_not_made_to_wait_too()
    {
        await using var server = new PostcodeServer(async _ =>
        {
            await Task.Delay(Timeout.Infinite);
            return "";
        });
        using var service = new PostcodesIo(server.Url, NullLogger.Instance, StoppedTime.Instance);
        using var cancel = new CancellationTokenSource();
        Task<PostcodeVerdict>[] waiting = [.. Enumerable.Range(0, PostcodesIo.PendingMax).Select(i => service.CheckAsync($"{i} 1AE", cancel.Token))];

        (await service.CheckAsync("SW1A 1AA", CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60))).Should().Be(PostcodeVerdict.Unavailable);

        waiting.Should().NotContain(task => task.IsCompleted);
        await cancel.CancelAsync();
        await FluentActions.Awaiting(() => Task.WhenAll(waiting)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task A_caller_who_gives_up_is_not_told_unavailable()
    {
        await using var server = new PostcodeServer(async _ =>
        {
            await Task.Delay(Timeout.Infinite);
            return "";
        });
        using var service = new PostcodesIo(server.Url, NullLogger.Instance, StoppedTime.Instance);
        using var cancel = new CancellationTokenSource();
        Task<PostcodeVerdict> asking = service.CheckAsync("M1 1AE", cancel.Token);

        await cancel.CancelAsync();

        await FluentActions.Awaiting(() => asking).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public void The_set_of_recently_used_forgets_what_was_used_longest_ago()
    {
        var set = new RecentlyUsed(2);
        set.Add("a");
        set.Add("b");
        set.Use("a").Should().BeTrue();
        set.Add("c");

        set.Use("b").Should().BeFalse();
        set.Use("a").Should().BeTrue();
        set.Use("c").Should().BeTrue();
    }

    [TestCase("offline", true)]
    [TestCase("https://api.postcodes.io", true)]
    [TestCase("http://127.0.0.1:8000/mirror", true)]
    [TestCase("", false)]
    [TestCase("Offline", false)]
    [TestCase("api.postcodes.io", false)]
    [TestCase("ftp://api.postcodes.io", false)]
    [TestCase("file:///etc/passwd", false)]
    [TestCase("http://a:b@127.0.0.1/", false)]
    [TestCase("http://127.0.0.1/?x=1", false)]
    public void The_option_takes_the_url_of_a_service_or_the_word_offline(string text, bool taken)
    {
        Typed<Uri?> parsed = PostcodeServices.Parse(text);
        (parsed.Mistake is null).Should().Be(taken);
        if (!taken)
            return;

        IPostcodeService service = PostcodeServices.Create(parsed.Value, NullLogger.Instance);
        (service is OfflinePostcodes).Should().Be(text == "offline");
        (service as IDisposable)?.Dispose();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(60))
                Assert.Fail("not within 60 s");
            await Task.Delay(1);
        }
    }

    private static async Task<PostcodeVerdict> Check(Uri url, string postcode)
    {
        using var service = new PostcodesIo(url, NullLogger.Instance, StoppedTime.Instance);
        return await service.CheckAsync(postcode, CancellationToken.None);
    }
}
