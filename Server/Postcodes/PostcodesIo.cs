using System.Net;
using System.Text.Json;
using JustHungry.Protocol.Cores;
using JustHungry.Server.Shop;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Postcodes;

/// <summary>
/// Asks a service that answers as postcodes.io does: <c>GET {URL}/postcodes/{postcode}/validate</c> → <c>{"status":200,"result":true}</c>.
/// Any failure is Unavailable, and no caller waits longer than <see cref="Timing.PostcodeMs"/>.
/// </summary>
internal sealed class PostcodesIo : IPostcodeService, IDisposable
{
    /// <summary>How many valid postcodes are remembered, which hardly ever cease to exist. 10,000 take about a megabyte.</summary>
    public const int KeptMax = 10_000;

    /// <summary>Avoids flooding a free public service. At its usual 50 ms for an answer, this allows 320 new customers a second.</summary>
    private const int ConcurrentMax = 16;

    /// <summary>A request behind more than these would time out anyway.</summary>
    public const int PendingMax = 1_024;

    /// <summary>Far more than an answer, which has 28 bytes.</summary>
    private const int AnswerBytesMax = 4_096;

    /// <summary>The longest normalised postcode, for example SW1A 1AA.</summary>
    private const int PostcodeCharsMax = 8;

    private readonly string _url;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly RecentlyUsed _valid = new(KeptMax);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<PostcodeVerdict>> _underWay = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _disposed = new();
    private int _failing;

    public PostcodesIo(Uri url, ILogger logger, TimeProvider? time = null)
    {
        _url = url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        _logger = logger;
        _time = time ?? TimeProvider.System;
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            UseProxy = !url.IsLoopback,
            // Each connection carries one request at a time. A request that finds none free waits here, and may time out here.
            MaxConnectionsPerServer = ConcurrentMax,
            // A connection kept for ever would not notice when the service's address changes.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = AnswerBytesMax };
        Log.PostcodesAsked(logger, _url);
    }

    public async Task<PostcodeVerdict> CheckAsync(string postcode, CancellationToken cancel)
    {
        postcode = PostcodeText.Normalise(postcode);
        if (postcode.Length > PostcodeCharsMax || !postcode.All(static c => char.IsAsciiLetterOrDigit(c) || c == ' '))
            return PostcodeVerdict.Invalid;
        if (_valid.Use(postcode))
            return PostcodeVerdict.Valid;

        return await Asking(postcode).WaitAsync(cancel).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _http.Dispose();
        _disposed.Dispose();
    }

    /// <summary>Whoever asks for a postcode that is being asked for gets the same answer, so that nobody fills the queue with one question.</summary>
    private Task<PostcodeVerdict> Asking(string postcode)
    {
        lock (_lock)
        {
            if (_underWay.TryGetValue(postcode, out Task<PostcodeVerdict>? asking))
                return asking;
            if (_underWay.Count < PendingMax)
                return _underWay[postcode] = Task.Run(() => AskOnceAsync(postcode));
        }

        return Task.FromResult(Unavailable("too many requests wait for it"));
    }

    private async Task<PostcodeVerdict> AskOnceAsync(string postcode)
    {
        try
        {
            PostcodeVerdict verdict = await AskInTimeAsync(postcode, _disposed.Token).ConfigureAwait(false);
            if (verdict == PostcodeVerdict.Valid)
                _valid.Add(postcode);
            return verdict;
        }
        finally
        {
            lock (_lock)
                _underWay.Remove(postcode);
        }
    }

    private async Task<PostcodeVerdict> AskInTimeAsync(string postcode, CancellationToken cancel)
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(Timing.PostcodeMs), _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
            return await AskAsync(postcode, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Unavailable($"no answer within {Timing.PostcodeMs} ms");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException)
        {
            return Unavailable(e.Message);
        }
    }

    private async Task<PostcodeVerdict> AskAsync(string postcode, CancellationToken cancel)
    {
        var address = new Uri($"{_url}/postcodes/{Uri.EscapeDataString(postcode)}/validate");
        using HttpResponseMessage response = await _http.GetAsync(address, cancel).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
            return Unavailable($"it answered {(int)response.StatusCode}");

        byte[] body = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        using JsonDocument json = JsonDocument.Parse(body);
        if (!TryReadResult(json.RootElement, out bool exists))
            return Unavailable("it answered something else than a status of 200 and a result");

        if (Interlocked.Exchange(ref _failing, 0) == 1)
            Log.PostcodesAnswerAgain(_logger);
        return exists ? PostcodeVerdict.Valid : PostcodeVerdict.Invalid;
    }

    private static bool TryReadResult(JsonElement answer, out bool exists)
    {
        exists = false;
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("status", out JsonElement status) ||
            !answer.TryGetProperty("result", out JsonElement result))
        {
            return false;
        }

        exists = result.ValueKind == JsonValueKind.True;
        return status.ValueKind == JsonValueKind.Number && status.TryGetInt32(out int code) && code == (int)HttpStatusCode.OK &&
            result.ValueKind is JsonValueKind.True or JsonValueKind.False;
    }

    /// <summary>Logs once when the service begins to fail and once when it answers again, rather than for each request.</summary>
    private PostcodeVerdict Unavailable(string reason)
    {
        if (Interlocked.Exchange(ref _failing, 1) == 0)
            Log.PostcodesFail(_logger, reason);
        return PostcodeVerdict.Unavailable;
    }
}
