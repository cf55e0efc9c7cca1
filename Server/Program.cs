using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Server.Copying;
using JustHungry.Server.Hosting;

InlineCompletions.Enable();
return await new CommandTable("server", "Runs one replica of the shop.")
    .Add<ServerCommandLine>(
        "", "ID [options]", "Runs one replica of the shop: keeps the orders, as primary or backup.",
        ["server 1", "server york-b --data-dir /var/lib/justhungry/york-b", "server 1 --copy-to /backup/monday", "server 1 --restore-from /backup/monday",
            "server 2 --postcodes offline --name-server 10.0.0.5:9090 --listen 10.0.0.7:9101"],
        line => line.Parse().Run(o =>
            o.CopyTo is not null ? CopyCommand.RunAsync(o) : o.RestoreFrom is not null ? RestoreCommand.RunAsync(o) : ServerDaemon.RunAsync(o)),
        takesWords: true)
    .RunAsync(args).ConfigureAwait(false);
