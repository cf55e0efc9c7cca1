using System.Text.Json;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>How a command ended and what it said.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Output);

    public CommandResult ShouldExit(int code) =>
        ExitCode == code ? this : throw new InvalidOperationException($"exit code {ExitCode} instead of {code}: {Output}{Error}");
}
