using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Tests.EndToEnd.Rig;
using JustHungry.Tests.Fakes;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Daemons;

/// <summary>The port of /metrics and its like, against whoever reaches it.</summary>
internal sealed class PageServerTests
{
    private const int AnswerMsMax = 10_000;

    [TestCase("GET /metrics HTTP/1.1", 200)]
    [TestCase("GET /metrics/?x=1 HTTP/1.0", 200)]
    [TestCase("GET / HTTP/1.1", 404)]
    [TestCase("GET /../etc/passwd HTTP/1.1", 404)]
    [TestCase("POST /metrics HTTP/1.1", 405)]
    [TestCase("DELETE /metrics HTTP/1.1", 405)]
    [TestCase("GET /metrics", 400)]
    [TestCase("\u0016\u0003\u0001", 400)]
    public async Task Only_GET_of_its_paths_is_answered(string line, int status)
    {
        using PageServer server = Serve(TimeProvider.System);
        using Socket asker = Dial(server);

        asker.Send(Encoding.ASCII.GetBytes(line + "\r\nHost: x\r\n\r\n"));

        string answer = await ReadAsync(asker);
        answer.Should().StartWith($"HTTP/1.1 {status} ");
        answer.EndsWith("the page\n", StringComparison.Ordinal).Should().Be(status == 200);
    }

    [Test]
    public async Task A_request_that_is_too_long_is_not_read_to_its_end()
    {
        using PageServer server = Serve(TimeProvider.System);
        using Socket asker = Dial(server);

        asker.Send(new byte[PageServer.RequestBytesMax]);

        (await ReadAsync(asker)).Should().StartWith("HTTP/1.1 400 ");
    }

    [Test]
    public async Task Who_says_nothing_is_hung_up_on()
    {
        var time = new ManualTime();
        using PageServer server = Serve(time);
        using Socket silent = Dial(server);

        await Poll.UntilAsync("the connection has its deadline", () => time.Timers == 1);
        time.Advance(PageServer.WaitMs);

        (await ReadAsync(silent)).Should().BeEmpty();
    }

    [Test]
    public async Task The_oldest_gives_way_when_too_many_are_open()
    {
        using PageServer server = Serve(new ManualTime());
        using Socket oldest = Dial(server);
        Socket[] others = [.. Enumerable.Range(0, PageServer.ConnectionsMax).Select(_ => Dial(server))];

        (await ReadAsync(oldest)).Should().BeEmpty();
        others[^1].Send("GET /metrics HTTP/1.1\r\n\r\n"u8);
        (await ReadAsync(others[^1])).Should().StartWith("HTTP/1.1 200 ");
        Array.ForEach(others, o => o.Dispose());
    }

    private static PageServer Serve(TimeProvider time) => PageServer.Start(
        new Endpoint("127.0.0.1", 0),
        new Dictionary<string, Func<CancellationToken, Task<Page>>> { ["/metrics"] = _ => Task.FromResult(PageServer.Say(200, "the page")) },
        new RecordedLog(), time);

    private static Socket Dial(PageServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, server.Port);
        return socket;
    }

    /// <summary>Everything until it hangs up; a reset counts as that.</summary>
    private static async Task<string> ReadAsync(Socket socket)
    {
        using var deadline = new CancellationTokenSource(AnswerMsMax);
        var answer = new StringBuilder();
        byte[] piece = new byte[4_096];
        try
        {
            while (await socket.ReceiveAsync(piece, deadline.Token) is var count and > 0)
                answer.Append(Encoding.UTF8.GetString(piece, 0, count));
        }
        catch (SocketException)
        {
        }

        return answer.ToString();
    }
}
