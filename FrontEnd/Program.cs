using JustHungry.FrontEnd.Commands;
using JustHungry.FrontEnd.Hosting;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;

InlineCompletions.Enable();
return await new CommandTable("frontend", "What users of a shop connect to: takes their requests to the primary and keeps a primary promoted.")
    .Add<FrontEndCommandLine>(
        "", "[--listen H:P] [--advertise H:P] [--when-short exit|wait] [--min-replicas K]", "Runs a front end until it is stopped.",
        ["frontend", "frontend --name-server 127.0.0.1:9090 --when-short wait"], line => line.Parse().Run(FrontEndDaemon.RunAsync))
    .Add<StatusCommandLine>(
        "status", "[--json] [--watch] [--ask H:P[,H:P]]", "Says whether orders are taken; shows the view, each replica and each front end.",
        ["frontend status", "frontend status --json"], line => line.Parse().Run(StatusCommand.RunAsync),
        exitCodes: ["Exit codes: 0 the shop takes orders (OK, DEGRADED), 1 it takes none, 2 mistyped,", "3 the name server does not answer, nor anybody named by --ask. With --watch 0, once ctrl-C ends it."])
    .Add<PromoteCommandLine>(
        "promote", "ID [--unclean [--yes]] [--json]", "Makes a replica the primary.",
        ["frontend promote 2", "frontend promote 2 --unclean"], line => line.Parse().Run(PromoteCommand.RunAsync))
    .RunAsync(args);
