using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Daemons;

/// <summary>/healthz and /readyz, beside /metrics: the verdict in a line, with 200 or 503.</summary>
internal sealed class HealthEndpoint : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HealthReport _health;

    private HealthEndpoint(HealthReport health) => _health = health;

    /// <param name="host">As <see cref="HttpListener"/> wants it: an address, a name, or + for all.</param>
    /// <exception cref="HttpListenerException">It can't listen there.</exception>
    public static HealthEndpoint Start(string host, int port, HealthReport health, ILogger log)
    {
        var endpoint = new HealthEndpoint(health);
        endpoint._listener.Prefixes.Add($"http://{host}:{port}/healthz/");
        endpoint._listener.Prefixes.Add($"http://{host}:{port}/readyz/");
        endpoint._listener.Start();
        Background.Run(log, "answering health checks", endpoint.ServeAsync());
        return endpoint;
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                Answer(await _listener.GetContextAsync().ConfigureAwait(false));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                // the asker hung up, or the daemon ends: then it listens no more
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        bool isLive = context.Request.Url?.AbsolutePath.StartsWith("/healthz", StringComparison.Ordinal) ?? false;
        (int status, string text) = isLive ? _health.Live() : _health.Ready();
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Close(Encoding.UTF8.GetBytes(text + "\n"), willBlock: false);
    }
}
