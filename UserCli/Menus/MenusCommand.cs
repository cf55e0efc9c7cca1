using JustHungry.Protocol.Hosting;
using JustHungry.UserCli.Commands;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;

namespace JustHungry.UserCli.Menus;

/// <summary><c>user</c> with no command: the menus, and how they end.</summary>
internal sealed class MenusCommand : ShopOptions
{
    public async Task<int> RunAsync(Terminal terminal)
    {
        var screen = new PlainScreen(terminal);
        await using var session = new ShopSession(this, screen);
        try
        {
            await new MenuSession(session.Shop, screen).RunAsync(session.Stopping);
            return ExitCode.Done;
        }
        catch (Exception e) when (e is EndOfInputException or OperationCanceledException)
        {
            // Whatever waits for an answer ends as UnavailableException: here nothing is at stake.
            terminal.Out.WriteLine();
            terminal.Out.WriteLine("Goodbye.");
            return ExitCode.Done;
        }
        catch (UnavailableException e)
        {
            terminal.Error.WriteLine(e.Message);
            return e.ExitCode;
        }
        catch (ProfileException e)
        {
            terminal.Error.WriteLine(e.Message);
            return e.IsLocked ? ExitCode.Unavailable : ExitCode.Refused;
        }
    }
}
