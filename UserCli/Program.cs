using System.Text;
using JustHungry.UserCli;

// On other systems the terminal's encoding is UTF-8 already; a Windows console would show £ and × as something else.
if (OperatingSystem.IsWindows())
    Console.OutputEncoding = Encoding.UTF8;

return await UserProgram.RunAsync(args, Terminal.OfProcess());
