using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.NameServer.Commands;

/// <summary>The commands about names: list, lookup, remove, ping.</summary>
internal static class NameCommands
{
    public static async Task<int> ListAsync(OperatorClient client, ListOptions options)
    {
        Listed listed = await client.AskAsync<List, Listed>(new List(options.Prefix, options.Metadata, options.Any)).ConfigureAwait(false);
        IReadOnlyList<Registration> names = listed.Registrations;
        int nameWidth = names.Select(r => r.Name.Length).DefaultIfEmpty().Max();
        int endpointWidth = names.Select(r => r.Endpoint.ToString().Length).DefaultIfEmpty().Max();
        IEnumerable<string> lines = names.Select(r =>
            $"{r.Name.PadRight(nameWidth)}  {r.Endpoint.ToString().PadRight(endpointWidth)}  {string.Join(", ", r.Metadata)}".TrimEnd());
        return options.Answer.Done(
            new JsonArray([.. names.Select(ToJson)]),
            names.Count == 0 ? "no names" : string.Join(Environment.NewLine, lines));
    }

    public static async Task<int> LookupAsync(OperatorClient client, LookupOptions options)
    {
        Found found = await client.AskAsync<Lookup, Found>(new Lookup(options.Name)).ConfigureAwait(false);
        return options.Answer.Done(ToJson(found.Registration), found.Registration.Endpoint.ToString());
    }

    public static async Task<int> RemoveAsync(OperatorClient client, RemoveOptions options)
    {
        var request = new Remove(options.Name, options.IsPrefix);
        Removed removed = await client.AskAsync<Remove, Removed>(request).ConfigureAwait(false);
        return removed.Count == 0 && !request.IsPrefix
            ? options.Answer.Refuse(nameof(NameRefusal.UnknownName), $"nobody holds the name {options.Name}. 'nameserver list' shows those there are.")
            : options.Answer.Done(new JsonObject { ["removed"] = removed.Count }, $"removed {removed.Count}");
    }

    public static async Task<int> PingAsync(OperatorClient client, CommandOptions options)
    {
        var stopwatch = Stopwatch.StartNew();
        await client.AskAsync<Ping, Pong>(default).ConfigureAwait(false);
        double roundTripMs = Math.Round(stopwatch.Elapsed.TotalMilliseconds, 3);
        Counted counted = await client.AskAsync<Count, Counted>(default).ConfigureAwait(false);
        return options.Answer.Done(
            new JsonObject { ["endpoint"] = client.Endpoint.ToString(), ["roundTripMs"] = roundTripMs, ["names"] = counted.Names },
            string.Create(CultureInfo.InvariantCulture, $"nameserver at {client.Endpoint} answered in {roundTripMs} ms; it holds {counted.Names} names"));
    }

    private static JsonObject ToJson(Registration registration) => new()
    {
        ["name"] = registration.Name,
        ["endpoint"] = registration.Endpoint.ToString(),
        ["metadata"] = new JsonArray([.. registration.Metadata.Select(m => JsonValue.Create(m))]),
        ["diskId"] = registration.Disk == default ? null : registration.Disk.ToString(),
        ["clusterId"] = registration.Cluster == default ? null : registration.Cluster.ToString(),
        ["adopted"] = registration.Adopted.Value,
        ["bootId"] = registration.Boot.ToString(),
        ["leaseMs"] = registration.LeaseMs,
    };
}
