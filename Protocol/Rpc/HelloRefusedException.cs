using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Rpc;

/// <summary>The peer refused this process's hello, or speaks another version of the protocol.</summary>
public sealed class HelloRefusedException : Exception
{
    public HelloRefusedException(HelloRefused refused) : base(Describe(refused)) => Reason = refused.Reason;

    public HelloRefusedException(string message) : base(message)
    {
    }

    public HelloRefusedException(string message, Exception inner) : base(message, inner)
    {
    }

    public HelloRefusedException()
    {
    }

    public HelloRefusal Reason { get; }

    private static string Describe(HelloRefused refused) => refused.Reason switch
    {
        HelloRefusal.Version => $"it speaks version {refused.Version} of the protocol, this program version {Hello.CurrentVersion}",
        HelloRefusal.WrongRole => "it does not serve this kind of program",
        HelloRefusal.OtherGroup => "it belongs to another group",
        HelloRefusal.OtherCluster => "it belongs to another cluster of the same group",
        HelloRefusal.Stopping => "it is stopping",
        _ => refused.Reason.ToString(),
    };
}
