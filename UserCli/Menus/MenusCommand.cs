using JustHungry.Protocol.Hosting;
using JustHungry.UserCli.Commands;

namespace JustHungry.UserCli.Menus;

/// <summary><c>user</c> with no command: the menus.</summary>
internal sealed class MenusCommand : ShopOptions
{
    public Task<int> RunAsync(Terminal terminal) => MenuRun.RunAsync(this, terminal, async (menus, cancel) =>
    {
        await menus.RunAsync(cancel);
        return ExitCode.Done;
    });
}
