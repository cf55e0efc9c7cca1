using JustHungry.Protocol.Commands;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;

namespace JustHungry.UserCli.Commands;

/// <summary>
/// <c>user whoami</c>: never the key. JSON: <c>{userId, profile, group, updateInFlight}</c>, of which the last is null, or a description
/// in words.
/// </summary>
internal sealed class WhoAmICommand : AnsweringCommandLine
{
    public Typed<Act> Parse(Terminal terminal) => ParseShop().Select(options => CommandRun.Of(options, terminal, async run =>
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
                json.WriteString("group", options.Client.At.Group);
                json.WriteString("updateInFlight", profile.InFlight?.Words);
                json.WriteEndObject();
            });
    }));
}
