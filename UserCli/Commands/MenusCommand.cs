using JustHungry.Protocol.Commands;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user</c> with no command: the menus.</summary>
internal sealed class MenusCommand : ShopCommandLine
{
    public Typed<Act> Parse(Terminal terminal) => ParseShop().Select(options => MenuRun.Of(options, terminal, async (menus, cancel) =>
    {
        await menus.RunAsync(cancel);
        return ExitCode.Done;
    }));
}
