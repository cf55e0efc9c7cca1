using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.NameServer.Commands;

/// <summary>How a command ends: the answer alone on stdout, as text or JSON; what went wrong on stderr too, with the exit code that says so.</summary>
internal static class Answering
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs a command against the name server its options name.</summary>
    public static async Task<int> RunAsync<TOptions>(TOptions options, Func<NameServerClient, TOptions, Task<int>> command)
        where TOptions : CommandOptions
    {
        try
        {
            NameServerClient client = await NameServerClient.ConnectAsync(options.NameServer, options.Group).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
                return await command(client, options).ConfigureAwait(false);
        }
        catch (NameRefusedException e)
        {
            return Refuse(options, e.Reason.ToString(), e.Message + ".");
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            string message = $"no name server answers at {options.NameServer}: {Reason(e, options)}. Start one with 'nameserver', or say where " +
                $"it is with --name-server H:P or {NameServerOptions.NameServerVariable}.";
            Fail(options, "Unavailable", message);
            return ExitCode.Unavailable;
        }
    }

    public static int Done(CommandOptions options, JsonNode json, string text)
    {
        Console.Out.WriteLine(options.Json ? json.ToJsonString(Readable) : text);
        return ExitCode.Done;
    }

    public static int Refuse(CommandOptions options, string error, string message)
    {
        Fail(options, error, message);
        return ExitCode.Refused;
    }

    public static JsonObject ToJson(Registration registration) => new()
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

    public static JsonObject ToJson(View view) => new()
    {
        ["group"] = view.Group,
        ["epoch"] = view.Epoch.Value,
        ["primary"] = view.Primary.Value,
        ["members"] = new JsonArray([.. view.Members.Select(ToJson)]),
        ["joining"] = view.Joining is { } joining ? ToJson(joining) : null,
        ["minReplicas"] = view.MinReplicas,
        ["dataLoss"] = view.DataLoss,
    };

    private static JsonObject ToJson(Protocol.Ids.Member member) => new() { ["id"] = member.Id.Value, ["diskId"] = member.Disk.ToString() };

    private static string Reason(Exception e, CommandOptions options) =>
        e.Message.StartsWith($"{options.NameServer}: ", StringComparison.Ordinal) ? e.Message[$"{options.NameServer}: ".Length..] : e.Message;

    private static void Fail(CommandOptions options, string error, string message)
    {
        if (options.Json)
            Console.Out.WriteLine(new JsonObject { ["error"] = error, ["message"] = message }.ToJsonString(Readable));
        Console.Error.WriteLine($"nameserver: {message}");
    }
}
