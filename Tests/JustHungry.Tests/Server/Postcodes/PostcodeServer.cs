using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace JustHungry.Tests.Server.Postcodes;

/// <summary>A real HTTP server on loopback in postcodes.io's place. It reads one request a connection and answers what it is told to.</summary>
internal sealed class PostcodeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Task<string>> _answer;
    private readonly bool _keepOpen;
    private readonly Task _accepting;
    private int _open;

    /// <param name="answer">From the request's first line to the whole response.</param>
    /// <param name="keepOpen">Do not close the connection after the response.</param>
    public PostcodeServer(Func<string, Task<string>> answer, bool keepOpen = false)
    {
        _answer = answer;
        _keepOpen = keepOpen;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The most requests that were being answered at the same time.</summary>
    public int OpenMax { get; private set; }

    public static PostcodeServer Saying(string body, string status = "200 OK") => new(_ => Task.FromResult(Response(body, status)));

    public static string Response(string body, string status = "200 OK") =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
                string request = await reader.ReadLineAsync(_stop.Token) ?? "";
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                }

                Requests.Enqueue(request);
                lock (Requests)
                    OpenMax = Math.Max(OpenMax, ++_open);
                string response = await _answer(request).WaitAsync(_stop.Token);
                lock (Requests)
                    _open--;
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(response), _stop.Token);
                if (_keepOpen)
                    await Task.Delay(Timeout.Infinite, _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // the other side has gone, or the test is over
            }
        }
    }
}
