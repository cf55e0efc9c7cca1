using JustHungry.NameServer;
using JustHungry.NameServer.Commands;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;

InlineCompletions.Enable();
return await new CommandTable("nameserver", "Keeps the names of a shop's processes, and each group's view.")
    .Add<DaemonCommandLine>(
        "", "[--listen 127.0.0.1:9090] [--storage memory|sqlite:PATH|etcd:H:P,...]", "Runs the name server.",
        ["nameserver", "nameserver --listen 0.0.0.0:9090 --storage sqlite:/var/lib/justhungry/nameserver.db"],
        line => line.Parse().Run(Daemon.RunAsync))
    .Add<ListCommandLine>(
        "list", "[--prefix P] [--metadata M]... [--any] [--json]", "Lists names, in the order they were first recorded.",
        ["nameserver list --prefix backend.", "nameserver list --metadata backend --metadata group:JH_orders --json"],
        line => line.Parse().Run(o => Question.RunAsync(o, NameCommands.ListAsync)))
    .Add<LookupCommandLine>(
        "lookup", "NAME [--json]", "Prints the endpoint of one name.", ["nameserver lookup JH-front-end"],
        line => line.Parse().Run(o => Question.RunAsync(o, NameCommands.LookupAsync)))
    .Add<RemoveCommandLine>(
        "remove", "NAME | --prefix P [--json]", "Removes a name, or all with a prefix; live processes register again.",
        ["nameserver remove backend.JH_orders_3", "nameserver remove --prefix backend."],
        line => line.Parse().Run(o => Question.RunAsync(o, NameCommands.RemoveAsync)))
    .Add<QuestionCommandLine>(
        "ping", "[--json]", "Asks whether the name server answers.", ["nameserver ping"], line => line.ParseCommon().Run(o => Question.RunAsync(o, NameCommands.PingAsync)))
    .Add<ViewCommandLine>(
        "view", "[--history] [--json]", "Prints a group's view.", ["nameserver view", "nameserver view --history --json"],
        line => line.Parse().Run(o => Question.RunAsync(o, ViewCommand.RunAsync)))
    .Add<RepairCommandLine>(
        "repair", "[--yes] [--json]", "Restores a lost or outdated view from what the servers know.", ["nameserver repair --group JH_orders"],
        line => line.Parse().Run(o => Question.RunAsync(o, RepairCommand.RunAsync)))
    .AddGroup("keys", "Makes the keys by which the processes of a cluster know each other (--tls).")
    .Add<KeysMakeCommandLine>(
        "keys make", "[--out FILE] [--days N] [--json]", "Makes a cluster's key.", ["nameserver keys make"], line => line.Parse().Run(KeysCommands.MakeAsync))
    .Add<KeysIssueCommandLine>(
        "keys issue", "ROLE [ID] [--tls-file FILE] [--out FILE] [--days N]", "Issues an identity, for a machine that must not hold the cluster's key.",
        ["nameserver keys issue replica 1 --out replica-1.pem"], line => line.Parse().Run(KeysCommands.IssueAsync))
    .RunAsync(args).ConfigureAwait(false);
