using System.Diagnostics.Metrics;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Rpc;

/// <summary>Counts what becomes of the connections of this process, as the meter <c>justhungry.connections</c>.</summary>
internal static class ConnectionMeters
{
    public const string MeterName = "justhungry.connections";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Evicted = Meter.CreateCounter<long>("gave_way", description: "Accepted connections that were closed because others wanted their places.");

    /// <param name="peer">None if it had not said its hello yet.</param>
    public static void GaveWay(Role peer) => Evicted.Add(1, new KeyValuePair<string, object?>("peer", peer.ToName()));
}
