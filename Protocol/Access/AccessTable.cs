using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Access;

/// <summary>
/// Who may ask what of whom: the table of PROTOCOL.md, "Who may ask what". Pure. Each core demands it in one place, before it looks at what
/// a peer that dialled has sent. The role is the one in the peer's hello: without TLS that only catches mistakes.
/// </summary>
public static class AccessTable
{
    [Flags]
    private enum Peers
    {
        Nobody = 0,
        Users = 1,
        FrontEnds = 2,
        Replicas = 4,
        Operators = 8,
        Daemons = FrontEnds | Replicas,
        All = Users | Daemons | Operators,
    }

    /// <summary>Null if <paramref name="sender"/> may ask this of <paramref name="receiver"/>; otherwise why not, in a sentence's words.</summary>
    public static string? WhyNot(Role receiver, Role sender, Deed deed) =>
        (WhoMay(receiver, deed) & PeersOf(sender)) != Peers.Nobody ? null : $"a {sender.ToName()} may not ask {deed} of a {receiver.ToName()}";

    /// <exception cref="ProtocolViolationException">The sender may not ask this; its connection ends.</exception>
    public static void Demand(Role receiver, Role sender, Deed deed)
    {
        if ((WhoMay(receiver, deed) & PeersOf(sender)) == Peers.Nobody)
            throw new ProtocolViolationException(WhyNot(receiver, sender, deed)!);
    }

    private static Peers WhoMay(Role receiver, Deed deed) => receiver switch
    {
        Role.NameServer => AtNameServer(deed),
        Role.Replica => AtReplica(deed),
        Role.FrontEnd => AtFrontEnd(deed),
        _ => Peers.Nobody,
    };

    private static Peers AtNameServer(Deed deed) => deed switch
    {
        Deed.Ping or Deed.LookupFrontEnd or Deed.ListFrontEnds => Peers.All,
        Deed.Lookup or Deed.List or Deed.GetView or Deed.RegisterOwn or Deed.RemoveOwn => Peers.Daemons | Peers.Operators,
        Deed.Count or Deed.GetHistory or Deed.Register or Deed.Remove or Deed.ProposeUnclean or Deed.ProposeRepair => Peers.Operators,
        Deed.ProposePromote => Peers.FrontEnds | Peers.Operators,
        Deed.ProposeBootstrap or Deed.ProposeJoin or Deed.ProposeAdmit => Peers.FrontEnds,
        _ => Peers.Nobody,
    };

    private static Peers AtReplica(Deed deed) => deed switch
    {
        Deed.Execute or Deed.PropagateBackup or Deed.Sync => Peers.FrontEnds,
        Deed.Append or Deed.TransferBegin or Deed.TransferRows or Deed.TransferEnd => Peers.Replicas,
        Deed.Ping or Deed.Status or Deed.NewViewOfOwn => Peers.Daemons | Peers.Operators,
        Deed.NewView => Peers.FrontEnds | Peers.Operators,
        _ => Peers.Nobody,
    };

    private static Peers AtFrontEnd(Deed deed) => deed switch
    {
        Deed.Request => Peers.Users,
        Deed.FrontEndStatus => Peers.Operators,
        Deed.Ping => Peers.Users | Peers.FrontEnds | Peers.Operators,
        _ => Peers.Nobody,
    };

    private static Peers PeersOf(Role role) => role switch
    {
        Role.User => Peers.Users,
        Role.FrontEnd => Peers.FrontEnds,
        Role.Replica => Peers.Replicas,
        Role.Operator => Peers.Operators,
        _ => Peers.Nobody,
    };
}
