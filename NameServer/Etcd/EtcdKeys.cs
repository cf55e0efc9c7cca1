using System.Globalization;
using Google.Protobuf;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;

namespace JustHungry.NameServer.Etcd;

/// <summary>
/// The keys under which names and views are kept in etcd. The 1 is the version of keys and values: another one would begin under another.
/// </summary>
internal static class EtcdKeys
{
    public const string Root = "/justhungry/1/";

    /// <summary>Which register this is: put once, by the first name server that came.</summary>
    public static readonly ByteString Register = Of("id");

    /// <summary>Put again by each name server that starts: who has registered since has a later revision than this key.</summary>
    public static readonly ByteString Called = Of("called");

    /// <summary>One key a name, with its lease. Its create revision is its place in the queue.</summary>
    public static readonly ByteString Names = Of("names/");

    /// <summary>One key a group: the view in force.</summary>
    public static readonly ByteString Views = Of("views/");

    public static ByteString Name(string name) => Of("names/" + name);

    public static ByteString View(string group) => Of("views/" + group);

    /// <summary>The group's earlier views, those that are kept for ever apart from the others.</summary>
    public static ByteString History(string group, bool isKept) => Of(HistoryPath(group, isKept));

    public static ByteString History(StoredView made) =>
        Of(HistoryPath(made.View.Group, StoredView.IsKeptForEver(made.Kind)) + Digits(made.View.Epoch));

    /// <summary>Where the epochs above this one begin.</summary>
    public static ByteString HistoryAfter(string group, bool isKept, Epoch after) =>
        Of($"{HistoryPath(group, isKept)}{Digits(after)}\0");

    /// <summary>The end of the range of all keys with this prefix.</summary>
    public static ByteString EndOf(ByteString prefix)
    {
        byte[] end = prefix.ToByteArray();
        end[^1]++; // every prefix here ends with a slash
        return UnsafeByteOperations.UnsafeWrap(end);
    }

    private static string HistoryPath(string group, bool isKept) => $"{(isKept ? "kept" : "history")}/{group}/";

    private static ByteString Of(string key) => ByteString.CopyFromUtf8(Root + key);

    /// <summary>As many digits as the largest epoch has, so that keys are in the order of epochs.</summary>
    private static string Digits(Epoch epoch) => epoch.Value.ToString("D20", CultureInfo.InvariantCulture);
}
