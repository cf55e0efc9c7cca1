using System.Diagnostics.CodeAnalysis;
using CommandLine;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Hosting;

/// <summary>The daemon's command line as typed.</summary>
internal sealed class FrontEndCommandLine : RegisteredDaemonCommandLine
{
    private const string Exit = "exit";
    private const string Wait = "wait";

    [Option("when-short", Default = Exit, MetaValue = "exit|wait", HelpText = "What to do when fewer replicas are left than orders need: users get an error either way.")]
    public string WhenShort { get; init; } = Exit;

    [Option("min-replicas", Default = 2, MetaValue = "K", HelpText = "How many replicas every order must be on. Taken when the group gets its first view.")]
    public int MinReplicas { get; init; } = 2;

    public Typed<FrontEndOptions> Parse() =>
        from daemon in ParseDaemon(Role.FrontEnd, "frontend")
        from _ in Typed.Unless(
            WhenShort is not (Exit or Wait) ? $"--when-short {WhenShort}: expected exit or wait."
            : MinReplicas is < 1 or > View.MembersMax ? $"--min-replicas {MinReplicas}: expected 1 to {View.MembersMax}."
            : null)
        select new FrontEndOptions(daemon) { ExitsWhenShort = WhenShort == Exit, MinReplicas = MinReplicas };
}

/// <summary>The daemon's settings.</summary>
internal sealed record FrontEndOptions : RegisteredDaemonOptions
{
    [SetsRequiredMembers]
    public FrontEndOptions(RegisteredDaemonOptions daemon) : base(daemon)
    {
    }

    public bool ExitsWhenShort { get; init; }

    public int MinReplicas { get; init; }

    public FrontEndSettings ToSettings(Endpoint listening) =>
        new(NameServers, Advertised(listening), Group, MinReplicas, Attempts, (int)(IntervalSeconds * 1000), ExitsWhenShort);
}
