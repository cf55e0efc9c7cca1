using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Commands;
using JustHungry.Server.Hosting;

namespace JustHungry.Server.Copying;

/// <summary>How a copy or a restoration ends: the answer on stdout, a sentence or JSON; what went wrong on stderr, or as JSON on stdout.</summary>
internal static class CopyReport
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Done(ServerOptions options, JsonObject json, string text)
    {
        Console.Out.WriteLine(options.Json ? json.ToJsonString(Readable) : text);
        return ExitCode.Done;
    }

    public static int Refuse(ServerOptions options, string error, string message)
    {
        if (options.Json)
            Console.Out.WriteLine(new JsonObject { ["error"] = error, ["message"] = message }.ToJsonString(Readable));
        else
            Console.Error.WriteLine($"server: {message}");
        return ExitCode.Refused;
    }
}
