namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>A person at the menus: waits for a question, types the answer.</summary>
internal sealed class MenuSession(RealProcess user)
{
    private int _read;

    public RealProcess Process => user;

    /// <summary>What has been said since the last answer.</summary>
    public string Unread => user.Output[_read..];

    public Task AskedAsync(string question) => Poll.UntilAsync($"the menu asks '{question}'", () => Unread.EndsWith(question, StringComparison.Ordinal));

    /// <summary>Answers each question in turn.</summary>
    public async Task AnswerAsync(params (string Question, string Answer)[] dialogue)
    {
        foreach ((string question, string answer) in dialogue)
        {
            await AskedAsync(question);
            _read = user.Output.Length;
            await user.TypeAsync(answer);
        }
    }
}
