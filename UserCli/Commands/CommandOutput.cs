using System.Text.Json;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary>
/// Prints a command's answer: as text or JSON on stdout; a refusal as text on stderr or as JSON on stdout. Returns the exit code.
/// </summary>
internal sealed class CommandOutput(Terminal terminal, bool asJson)
{
    public int Write(Action<TextWriter> text, Action<Utf8JsonWriter> json)
    {
        if (asJson)
            ShopJson.WriteLine(terminal.Out, json);
        else
            text(terminal.Out);
        return ExitCode.Done;
    }

    /// <param name="suggestion">Appended to the message: <c> Did you mean …</c></param>
    public int Refuse(RefusalAnswer refusal, string suggestion = "")
    {
        string message = refusal.Message() + suggestion;
        return Refuse(refusal, message, Sentences.Hint(refusal) is { } hint ? message + Environment.NewLine + hint : message);
    }

    /// <summary>An update that was waiting for its answer was refused.</summary>
    public int Refuse(UpdateInFlight update, RefusalAnswer refusal) => Refuse(refusal, refusal.Message(), Sentences.CameOf(update, refusal));

    /// <summary>A refusal by this program and not by the shop.</summary>
    public int Refuse(string error, string message)
    {
        if (asJson)
            ShopJson.WriteLine(terminal.Out, json => ShopJson.WriteError(json, error, message, RequestId.None));
        else
            terminal.Error.WriteLine(message);
        return ExitCode.Refused;
    }

    /// <summary>Expired says nothing about the outcome, and neither does the exit code for it.</summary>
    private int Refuse(RefusalAnswer refusal, string inJson, string inText)
    {
        if (asJson)
            ShopJson.WriteLine(terminal.Out, json => ShopJson.WriteRefusal(json, refusal, inJson));
        else
            terminal.Error.WriteLine(inText);
        return refusal.Reason == AnswerCode.Expired ? ExitCode.OutcomeUnknown : ExitCode.Refused;
    }

    public int Fail(UnavailableException unavailable)
    {
        if (asJson)
            ShopJson.WriteLine(terminal.Out, json => ShopJson.WriteUnavailable(json, unavailable));
        else
            terminal.Error.WriteLine(unavailable.Message);
        return unavailable.ExitCode;
    }

    public int Fail(ProfileException unusable)
    {
        string error = unusable.IsLocked ? "Unavailable" : "ProfileUnusable";
        if (asJson)
            ShopJson.WriteLine(terminal.Out, json => ShopJson.WriteError(json, error, unusable.Message, RequestId.None));
        else
            terminal.Error.WriteLine(unusable.Message);
        return unusable.IsLocked ? ExitCode.Unavailable : ExitCode.Refused;
    }

    /// <summary>What was done could not be printed: nothing that exits with 1 has been done.</summary>
    public static int Fail(Terminal terminal, OutputException unwritable)
    {
        terminal.Error.WriteLine($"{unwritable.Message} {Sentences.DoneAllTheSame}");
        return ExitCode.OutcomeUnknown;
    }

    /// <summary>ctrl-C when no update could have been sent.</summary>
    public int Interrupted()
    {
        const string Message = "Interrupted: nothing was changed.";
        if (asJson)
            ShopJson.WriteLine(terminal.Out, json => ShopJson.WriteError(json, "Unavailable", Message, RequestId.None));
        else
            terminal.Error.WriteLine(Message);
        return ExitCode.Unavailable;
    }
}
