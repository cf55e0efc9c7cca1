using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Commands;

/// <summary>The commands about names: list, lookup, remove, ping.</summary>
internal static class NameCommands
{
    public static async Task<int> ListAsync(NameServerClient client, ListOptions options)
    {
        Listed listed = await client.AskAsync<List, Listed>(new List(options.Prefix, options.Metadata, options.Any)).ConfigureAwait(false);
        IReadOnlyList<Registration> names = listed.Registrations;
        int nameWidth = names.Select(r => r.Name.Length).DefaultIfEmpty().Max();
        int endpointWidth = names.Select(r => r.Endpoint.ToString().Length).DefaultIfEmpty().Max();
        IEnumerable<string> lines = names.Select(r =>
            $"{r.Name.PadRight(nameWidth)}  {r.Endpoint.ToString().PadRight(endpointWidth)}  {string.Join(", ", r.Metadata)}".TrimEnd());
        return Answering.Done(
            options,
            new JsonArray([.. names.Select(Answering.ToJson)]),
            names.Count == 0 ? "no names" : string.Join(Environment.NewLine, lines));
    }

    public static async Task<int> LookupAsync(NameServerClient client, LookupOptions options)
    {
        Found found = await client.AskAsync<Lookup, Found>(new Lookup(options.Name)).ConfigureAwait(false);
        return Answering.Done(options, Answering.ToJson(found.Registration), found.Registration.Endpoint.ToString());
    }

    public static async Task<int> RemoveAsync(NameServerClient client, RemoveOptions options)
    {
        var request = new Remove(options.Name, options.IsPrefix);
        Removed removed = await client.AskAsync<Remove, Removed>(request).ConfigureAwait(false);
        return removed.Count == 0 && !request.IsPrefix
            ? Answering.Refuse(options, nameof(NameRefusal.UnknownName), $"nobody holds the name {options.Name}. 'nameserver list' shows those there are.")
            : Answering.Done(options, new JsonObject { ["removed"] = removed.Count }, $"removed {removed.Count}");
    }

    public static async Task<int> PingAsync(NameServerClient client, CommandOptions options)
    {
        var stopwatch = Stopwatch.StartNew();
        await client.AskAsync<Ping, Pong>(default).ConfigureAwait(false);
        double roundTripMs = Math.Round(stopwatch.Elapsed.TotalMilliseconds, 3);
        Counted counted = await client.AskAsync<Count, Counted>(default).ConfigureAwait(false);
        return Answering.Done(
            options,
            new JsonObject { ["endpoint"] = options.NameServer.ToString(), ["roundTripMs"] = roundTripMs, ["names"] = counted.Names },
            string.Create(CultureInfo.InvariantCulture, $"nameserver at {options.NameServer} answered in {roundTripMs} ms; it holds {counted.Names} names"));
    }
}
