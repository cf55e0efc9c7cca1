using CommandLine;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Hosting;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Hosting;

/// <summary>The options of the daemon.</summary>
internal sealed class FrontEndOptions : RegisteredDaemonOptions
{
    [Option("when-short", Default = "exit", MetaValue = "exit|wait", HelpText = "What to do when fewer replicas are left than orders need: users get an error either way.")]
    public string WhenShort { get; init; } = "exit";

    [Option("min-replicas", Default = 2, MetaValue = "K", HelpText = "How many replicas every order must be on. Taken when the group gets its first view.")]
    public int MinReplicas { get; init; } = 2;

    public override string? Validate() =>
        base.Validate() ??
        (WhenShort is not ("exit" or "wait") ? $"--when-short {WhenShort}: expected exit or wait."
            : MinReplicas is < 1 or > View.MembersMax ? $"--min-replicas {MinReplicas}: expected 1 to {View.MembersMax}."
            : null);

    public FrontEndSettings ToSettings(Endpoint listening) =>
        new(NameServer, Advertised(listening), Group, MinReplicas, Attempts, (int)(IntervalSeconds * 1000), WhenShort == "exit");
}
