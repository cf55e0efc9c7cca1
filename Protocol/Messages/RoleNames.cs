namespace JustHungry.Protocol.Messages;

/// <summary>What people call a process of each role.</summary>
public static class RoleNames
{
    public static string ToName(this Role role) => role switch
    {
        Role.User => "user",
        Role.FrontEnd => "front end",
        Role.Replica => "replica",
        Role.Operator => "operator",
        Role.NameServer => "name server",
        _ => "stranger",
    };
}
