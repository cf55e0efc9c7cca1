using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JustHungry.Protocol.Commands;

/// <summary>
/// How a command that was asked something ends: the answer alone on stdout, as text or JSON; what went wrong on stderr, or as JSON on stdout.
/// Gives back the exit code.
/// </summary>
/// <param name="program">As typed in a terminal; what went wrong begins with it.</param>
public sealed class CommandAnswer(string program, bool asJson)
{
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by scripts and people, not by browsers
    };

    private static readonly JsonSerializerOptions ManyLines = new(OneLine) { WriteIndented = true };

    /// <summary>The JSON goes over several lines.</summary>
    public bool IsIndented { get; init; }

    /// <summary>What went wrong is said on stderr also where it is JSON on stdout.</summary>
    public bool IsAlsoOnStderr { get; init; }

    public int Done(JsonNode json, string text)
    {
        ArgumentNullException.ThrowIfNull(json);
        Console.Out.WriteLine(asJson ? Text(json) : text);
        return ExitCode.Done;
    }

    /// <summary>Refused for good.</summary>
    /// <param name="error">A word for scripts.</param>
    /// <param name="message">A sentence for people.</param>
    public int Refuse(string error, string message)
    {
        Fail(error, message);
        return ExitCode.Refused;
    }

    /// <summary>Nobody answers.</summary>
    public int Unavailable(string message)
    {
        Fail("Unavailable", message);
        return ExitCode.Unavailable;
    }

    private void Fail(string error, string message)
    {
        if (asJson)
            Console.Out.WriteLine(Text(new JsonObject { ["error"] = error, ["message"] = message }));
        if (!asJson || IsAlsoOnStderr)
            Console.Error.WriteLine($"{program}: {message}");
    }

    private string Text(JsonNode json) => json.ToJsonString(IsIndented ? ManyLines : OneLine);
}
