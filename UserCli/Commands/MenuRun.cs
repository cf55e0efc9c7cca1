using JustHungry.Protocol.Commands;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Menus;
using JustHungry.UserCli.Menus.OnTerminal;
using JustHungry.UserCli.Profiles;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary>One run of the menus: chooses the screen, and handles every way in which they can end.</summary>
internal static class MenuRun
{
    /// <param name="flow">Returns the exit code.</param>
    public static Act Of(ShopOptions options, Terminal terminal, Func<MenuSession, CancellationToken, Task<int>> flow) => () => RunAsync(options, terminal, flow);

    private static async Task<int> RunAsync(ShopOptions options, Terminal terminal, Func<MenuSession, CancellationToken, Task<int>> flow)
    {
        IScreen screen = NewScreen(terminal);
        await using var session = new ShopSession(options, screen);
        try
        {
            return await flow(new MenuSession(session.Shop, screen), session.Stopping);
        }
        catch (Exception e) when (e is EndOfInputException or OperationCanceledException)
        {
            // An update that waits for an answer ends as UnavailableException, so here no outcome is unknown.
            screen.Close();
            terminal.Out.WriteLine();
            terminal.Out.WriteLine("Goodbye.");
            return ExitCode.Done;
        }
        catch (OutputException e) when (session.Shop.Client.HasUpdated)
        {
            screen.Close();
            return CommandOutput.Fail(terminal, e);
        }
        catch (UnavailableException e)
        {
            screen.Close();
            terminal.Error.WriteLine(e.Message);
            return e.ExitCode;
        }
        catch (ProfileException e)
        {
            screen.Close();
            terminal.Error.WriteLine(e.Message);
            return e.IsLocked ? ExitCode.Unavailable : ExitCode.Refused;
        }
        finally
        {
            screen.Close();
        }
    }

    private static IScreen NewScreen(Terminal terminal) =>
        terminal.IsInteractive && SpectreScreen.OfProcess() is { CanDraw: true } drawn ? drawn : new PlainScreen(terminal);
}
