using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Commands;

/// <summary>The name server's typed refusal.</summary>
public sealed class NameRefusedException : Exception
{
    public NameRefusedException(NameRefused refused) : base(Describe(refused)) => Reason = refused.Reason;

    public NameRefusedException(string message) : base(message)
    {
    }

    public NameRefusedException(string message, Exception inner) : base(message, inner)
    {
    }

    public NameRefusedException()
    {
    }

    public NameRefusal Reason { get; }

    private static string Describe(NameRefused refused) => refused.Reason switch
    {
        NameRefusal.NameInUse => $"the name is held by the process at {refused.Holder?.Endpoint}",
        NameRefusal.UnknownName => "nobody holds that name",
        NameRefusal.InvalidName => "that is not a name",
        NameRefusal.TooManyNames => "the name server holds as many names as it takes",
        _ => refused.Reason.ToString(),
    };
}
