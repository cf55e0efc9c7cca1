using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JustHungry.Protocol.Commands;

/// <summary>
/// Prints the outcome of a command: the answer alone on stdout, as text or JSON; what went wrong on stderr, or as JSON on stdout. Returns
/// the exit code.
/// </summary>
/// <param name="program">As typed in a terminal; error messages begin with it.</param>
public sealed class CommandAnswer(string program, bool asJson)
{
    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by scripts and people, not by browsers
    };

    private static readonly JsonSerializerOptions ManyLines = new(OneLine) { WriteIndented = true };

    /// <summary>The JSON is indented, on several lines.</summary>
    public bool IsIndented { get; init; }

    /// <summary>What went wrong is printed on stderr too, even when it is printed as JSON on stdout.</summary>
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

    /// <summary>The process that was asked does not answer.</summary>
    public int Unavailable(string message)
    {
        Fail("Unavailable", message);
        return ExitCode.Unavailable;
    }

    /// <summary>It was asked, and no answer came: it may have been done.</summary>
    public int Unknown(string message)
    {
        Fail("OutcomeUnknown", message);
        return ExitCode.OutcomeUnknown;
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
