using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user whoami</c>: never the key. JSON: <c>{userId, profile, group, updateInFlight}</c>, the last null or what it is in words.</summary>
internal sealed class WhoAmICommand : AnsweringOptions
{
    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        ProfileFile file = run.Shop.Client.File;
        Profile profile = await file.LoadAsync(run.Cancel);
        return run.Output.Write(
            text =>
            {
                text.WriteLine($"user     {profile.User}");
                text.WriteLine($"profile  {file.Path}");
                if (profile.InFlight is { } update)
                    text.WriteLine($"waiting  {update.Words}: no answer yet, see 'user resume --help'");
            },
            json =>
            {
                json.WriteStartObject();
                json.WriteString("userId", profile.User.ToString());
                json.WriteString("profile", file.Path);
                json.WriteString("group", Group);
                json.WriteString("updateInFlight", profile.InFlight?.Words);
                json.WriteEndObject();
            });
    });
}
