using System.Security.Cryptography.X509Certificates;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.Protocol.Security;

/// <summary>
/// What a certificate proves: a role, an id and a group. It stands in the subject as O=group, OU=role, CN=id. Addresses and host names
/// prove nothing here, since ports and machines change.
/// </summary>
/// <param name="Id">A replica's id; for the others only a name for people.</param>
public readonly record struct PeerIdentity(Role Role, string Id, string Group)
{
    private const string GroupOid = "2.5.4.10", RoleOid = "2.5.4.11", IdOid = "2.5.4.3";

    /// <summary>The roles that have certificates, as they are written.</summary>
    public static IReadOnlyDictionary<string, Role> Roles { get; } = new SortedDictionary<string, Role>(StringComparer.Ordinal)
    {
        ["frontend"] = Role.FrontEnd,
        ["nameserver"] = Role.NameServer,
        ["operator"] = Role.Operator,
        ["replica"] = Role.Replica,
    };

    public X500DistinguishedName ToSubject()
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName(Group);
        name.AddOrganizationalUnitName(WordOf(Role));
        name.AddCommonName(Id);
        return name.Build();
    }

    /// <summary>Null if the certificate is not one of a process of JustHungry.</summary>
    public static PeerIdentity? TryRead(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        string? group = null, role = null, id = null;
        foreach (X500RelativeDistinguishedName part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
                return null;
            switch (part.GetSingleElementType().Value)
            {
                case GroupOid when group is null: group = part.GetSingleElementValue(); break;
                case RoleOid when role is null: role = part.GetSingleElementValue(); break;
                case IdOid when id is null: id = part.GetSingleElementValue(); break;
                default: return null;
            }
        }

        return role is not null && id is not null && NameRules.IsGroup(group) && Roles.TryGetValue(role, out Role known) &&
            (known != Role.Replica || ReplicaId.IsValid(id)) ? new PeerIdentity(known, id, group!) : null;
    }

    /// <summary>Whether a process with this identity may say this of itself. A name server serves every group.</summary>
    public bool Fits(in Hello hello) =>
        hello.Role == Role && (Role == Role.NameServer || hello.Group == Group) && (Role != Role.Replica || hello.Id == Id);

    public override string ToString() => Role == Role.NameServer ? "the name server" : $"{WordOf(Role)} {Id} of group {Group}";

    private static string WordOf(Role role) => Roles.Single(r => r.Value == role).Key;
}
