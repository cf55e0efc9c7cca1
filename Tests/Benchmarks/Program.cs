using JustHungry.Benchmarks.Commands;
using JustHungry.Protocol.Commands;

return await new CommandTable("JustHungry.Benchmarks", "Measures a whole shop: a name server, servers with fsync, a front end, and users who never pause.")
    .Add<LoadCommandLine>(
        "orders", "[--users N[,N…]] [--seconds S] [--replicas R] [--name-server H:P] [--group G] [--plot FILE] [--distribution FILE] [--json]", "Users who only order.",
        ["orders --users 1024 --seconds 10", "orders --users 1,4,16,64,256,1024 --seconds 5 --plot throughput.svg"],
        line => line.Parse().Run(o => LoadCommand.RunAsync(o, mixed: false)))
    .Add<LoadCommandLine>(
        "mixed", "[--users N[,N…]] [--seconds S] [--replicas R] [--name-server H:P] [--group G] [--json]", "Users who look four times for each order.",
        ["mixed --users 1024 --seconds 10"],
        line => line.Parse().Run(o => LoadCommand.RunAsync(o, mixed: true)))
    .Add<GrowthCommandLine>(
        "growth", "[--users N] [--seconds S] [--orders N[,N…]] [--json]", "Throughput and memory as orders gather.",
        ["growth --users 1024 --orders 1000,100000,1000000"], line => line.Parse().Run(GrowthCommand.RunAsync))
    .Add<RestartCommandLine>(
        "restart", "[--users N] [--seconds S] [--orders N] [--json]", "How soon a server is back, and an empty one has joined, with many orders held.",
        ["restart --orders 1000000 --users 64"], line => line.Parse().Run(RestartCommand.RunAsync))
    .Add<MicroCommandLine>("micro", "[--filter GLOB]", "The codec, the shop and the log by themselves (BenchmarkDotNet).", ["micro --filter *Shop*"], line => line.Parse().Run(MicroCommand.RunAsync))
    .RunAsync(args).ConfigureAwait(false);
