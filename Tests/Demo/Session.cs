using JustHungry.Tests.EndToEnd.Rig;

namespace JustHungry.Demo;

/// <summary>A program that asks questions; its output is shown as it would look on a terminal.</summary>
internal sealed class Session(Stage stage, RealProcess program)
{
    private int _shown;

    private string Unseen => program.Output[_shown..];

    /// <summary>For each question in turn, waits until the output ends with it, shows everything up to it, and types the answer.</summary>
    public async Task AnswerAsync(params (string Question, string Answer)[] dialogue)
    {
        foreach ((string question, string answer) in dialogue)
        {
            await SeeAsync(question);
            string asked = Unseen;
            _shown += asked.Length;
            stage.ShowTyped(asked, answer);
            await program.TypeAsync(answer);
        }
    }

    /// <summary>Waits until the output ends with the question, and shows what is above it.</summary>
    public async Task SeeAsync(string question)
    {
        await stage.UntilAsync($"{program.Title} asks '{question}'", () => Task.FromResult(Unseen.EndsWith(question, StringComparison.Ordinal)));
        string unseen = Unseen;
        int lastLine = unseen.LastIndexOf('\n') + 1;
        Console.Write(unseen[..lastLine]);
        _shown += lastLine;
    }

    public async Task EndAsync()
    {
        if (await stage.ExitAsync(program) is var code and not 0)
            throw new DemoException($"{program.Title} ended with {code}");
    }
}
