using JustHungry.NameServer;
using JustHungry.NameServer.Commands;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Rpc;

InlineCompletions.Enable();
return await new CommandTable("nameserver", "Keeps the names of a shop's processes, and each group's view.")
    .Add<DaemonOptions>(
        "", "[--listen 127.0.0.1:9090] [--storage memory|sqlite:PATH]", "Runs the name server.",
        ["nameserver", "nameserver --listen 0.0.0.0:9090 --storage sqlite:/var/lib/justhungry/nameserver.db"],
        Daemon.RunAsync)
    .Add<ListOptions>(
        "list", "[--prefix P] [--metadata M]... [--any] [--json]", "Lists names, in the order they were first recorded.",
        ["nameserver list --prefix backend.", "nameserver list --metadata backend --metadata group:JH_orders --json"],
        o => Answering.RunAsync(o, NameCommands.ListAsync))
    .Add<LookupOptions>(
        "lookup", "NAME [--json]", "Prints the endpoint of one name.", ["nameserver lookup JH-front-end"],
        o => Answering.RunAsync(o, NameCommands.LookupAsync))
    .Add<RemoveOptions>(
        "remove", "NAME | --prefix P [--json]", "Removes a name, or all with a prefix; live processes register again.",
        ["nameserver remove backend.JH_orders_3", "nameserver remove --prefix backend."],
        o => Answering.RunAsync(o, NameCommands.RemoveAsync))
    .Add<PingOptions>(
        "ping", "[--json]", "Asks whether the name server answers.", ["nameserver ping"], o => Answering.RunAsync(o, NameCommands.PingAsync))
    .Add<ViewOptions>(
        "view", "[--history] [--json]", "Prints a group's view.", ["nameserver view", "nameserver view --history --json"],
        o => Answering.RunAsync(o, ViewCommand.RunAsync))
    .Add<RepairOptions>(
        "repair", "[--yes] [--json]", "Restores a lost or outdated view from what the servers know.", ["nameserver repair --group JH_orders"],
        o => Answering.RunAsync(o, RepairCommand.RunAsync))
    .RunAsync(args).ConfigureAwait(false);
