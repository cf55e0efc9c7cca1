using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using JustHungry.Protocol.Ids;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Daemons;

/// <summary>What one path answers.</summary>
internal readonly record struct Page(int Status, string ContentType, ReadOnlyMemory<byte> Body);

/// <summary>
/// Answers GET of the paths that it is given, one request a connection, over plain HTTP/1.1. Whoever reaches the port may say anything, so
/// a request has few bytes and little time, and when too many connections are open the oldest gives way. Safe to call from any thread.
/// </summary>
internal sealed class PageServer : IDisposable
{
    /// <summary>Several scrapers and probes at once. Each is done within milliseconds; who is the oldest of so many is not asking.</summary>
    public const int ConnectionsMax = 16;

    /// <summary>Request line and headers: what a browser sends fits four times.</summary>
    public const int RequestBytesMax = 8 * 1024;

    /// <summary>From the connection's beginning to its end, in milliseconds: a scraper gives up after ten seconds.</summary>
    public const int WaitMs = 5_000;

    private const string PlainText = "text/plain; charset=utf-8";

    private readonly Socket _listener;
    private readonly IReadOnlyDictionary<string, Func<CancellationToken, Task<Page>>> _pages;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<Socket> _open = new();

    private PageServer(Socket listener, IReadOnlyDictionary<string, Func<CancellationToken, Task<Page>>> pages, ILogger log, TimeProvider time)
    {
        _listener = listener;
        _pages = pages;
        _log = log;
        _time = time;
    }

    /// <summary>The port that it listens at, which differs from the one asked for if that was 0.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <exception cref="SocketException">It can't listen there.</exception>
    public static PageServer Start(Endpoint at, IReadOnlyDictionary<string, Func<CancellationToken, Task<Page>>> pages, ILogger log, TimeProvider time)
    {
        IPAddress address = IPAddress.TryParse(at.Host, out IPAddress? known) ? known
            : Dns.GetHostAddresses(at.Host).OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First(); // as everywhere else
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
                listener.DualMode = true;
            listener.Bind(new IPEndPoint(address, at.Port));
            listener.Listen(ConnectionsMax);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        var server = new PageServer(listener, pages, log, time);
        Background.Run(log, "answering at the metrics port", server.AcceptAsync());
        return server;
    }

    public void Dispose()
    {
        _listener.Dispose();
        while (_open.TryDequeue(out Socket? socket))
            socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync().ConfigureAwait(false);
                _open.Enqueue(socket); // one that has ended stays in the queue until it is the oldest
                if (_open.Count > ConnectionsMax && _open.TryDequeue(out Socket? oldest))
                    oldest.Dispose();
                Background.Run(_log, "answering at the metrics port", AnswerAsync(socket));
            }
            catch (SocketException e) when (e.SocketErrorCode is not (SocketError.OperationAborted or SocketError.NotSocket or SocketError.InvalidArgument))
            {
                Log.AcceptFailed(_log, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time).ConfigureAwait(false); // say, no file handle is free
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // the daemon ends
            }
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using (socket)
        using (var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(WaitMs), _time))
        {
            try
            {
                Page page = await FindAsync(await ReadRequestAsync(socket, deadline.Token).ConfigureAwait(false), deadline.Token).ConfigureAwait(false);
                string head = $"HTTP/1.1 {page.Status} {(HttpStatusCode)page.Status}\r\nContent-Type: {page.ContentType}\r\n" +
                    $"Content-Length: {page.Body.Length}\r\n{(page.Status == 405 ? "Allow: GET\r\n" : "")}Connection: close\r\n\r\n";
                await using var stream = new NetworkStream(socket);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head), deadline.Token).ConfigureAwait(false);
                await stream.WriteAsync(page.Body, deadline.Token).ConfigureAwait(false);
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // it hung up, took too long, or gave way: whoever scrapes asks again
            }
        }
    }

    /// <summary>The request's first line; null if what came is no request, or too long.</summary>
    private static async Task<string?> ReadRequestAsync(Socket socket, CancellationToken cancel)
    {
        byte[] request = new byte[RequestBytesMax];
        int count = 0;
        while (count < request.Length)
        {
            int read = await socket.ReceiveAsync(request.AsMemory(count), cancel).ConfigureAwait(false);
            if (read == 0)
                return null;
            count += read;
            if (request.AsSpan(0, count).IndexOf("\r\n\r\n"u8) >= 0)
                return Encoding.ASCII.GetString(request, 0, request.AsSpan(0, count).IndexOf("\r\n"u8));
        }

        return null;
    }

    private async Task<Page> FindAsync(string? line, CancellationToken cancel)
    {
        string[] words = line?.Split(' ') ?? [];
        if (words.Length != 3 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
            return Say(400, "not an HTTP/1.1 request");
        if (words[0] != "GET")
            return Say(405, "only GET");
        string path = words[1].Split('?')[0].TrimEnd('/');
        return _pages.TryGetValue(path, out Func<CancellationToken, Task<Page>>? page)
            ? await page(cancel).ConfigureAwait(false)
            : Say(404, string.Join(" ", _pages.Keys));
    }

    /// <summary>A page of one line.</summary>
    public static Page Say(int status, string line) => new(status, PlainText, Encoding.UTF8.GetBytes(line + "\n"));
}
