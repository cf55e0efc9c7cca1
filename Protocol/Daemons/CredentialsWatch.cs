using System.Diagnostics.Metrics;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Security;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Daemons;

/// <summary>
/// Keeps a running daemon's credentials fresh: takes a changed file into use, ends connections to whom is not trusted any more, and tells
/// of what will expire, as the meter <c>justhungry.tls</c> and, from 30 days ahead, once a day in the log.
/// </summary>
internal sealed class CredentialsWatch(TlsCredentials credentials, CoreLoop loop, ILogger log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarnsAhead = TimeSpan.FromDays(30);
    private static readonly TimeSpan WarnsEvery = TimeSpan.FromDays(1);

    private DateTimeOffset _nextWarning = DateTimeOffset.MinValue;

    public async Task RunAsync()
    {
        using var meter = new Meter("justhungry.tls");
        meter.CreateObservableGauge(
            "expires", () => (credentials.Expires - DateTimeOffset.UtcNow).TotalSeconds, "s", "Until something expires that nobody renews by itself.");
        try
        {
            while (true)
            {
                WarnIfDue(DateTimeOffset.UtcNow);
                await Task.Delay(Every, loop.Stopping).ConfigureAwait(false);
                Refresh();
            }
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    internal void Refresh()
    {
        try
        {
            if (!credentials.Refresh())
                return;
            Log.CredentialsTaken(log, credentials.Path);
            _nextWarning = DateTimeOffset.MinValue;
            loop.RecheckPeers();
        }
        catch (FormatException e)
        {
            Log.CredentialsKept(log, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.BackgroundFailed(log, "taking new credentials", e); // and the watch goes on: what is trusted must not stay as it is for ever
        }
    }

    internal void WarnIfDue(DateTimeOffset now)
    {
        if (now < _nextWarning || credentials.Expires - now > WarnsAhead)
            return;
        _nextWarning = now + WarnsEvery;
        Log.CredentialsExpire(log, credentials.Path, credentials.Expires);
    }
}
