using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;

namespace JustHungry.Protocol.Rpc;

/// <summary>Who asks by an <see cref="OperatorClient"/>: an operator's command, unless said otherwise.</summary>
public sealed record Caller(string Group, LinkSecurity Security)
{
    public Role Role { get; init; } = Role.Operator;

    public string Id { get; init; } = "operator";

    internal Hello ToHello() => new(Role, Id, DiskId.None, new BootId(FreshIds.Next()), ClusterId.None, Group);
}
