using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Etcd;

/// <summary>Reads the values that etcd holds, and checks each: anybody who may write there can put anything.</summary>
internal static class EtcdValues
{
    /// <exception cref="StorageException">It can't be read.</exception>
    public static Registration ToRegistration(KeyValue pair) => Checked(pair, bytes =>
    {
        Registration registration = StoredBytes.ReadRegistration(bytes);
        Require(EtcdKeys.Name(registration.Name) == pair.Key && Registry.IsValid(registration));
        return registration;
    });

    /// <exception cref="StorageException">It can't be read.</exception>
    public static DiskId ToRegister(KeyValue pair) => Checked(pair, bytes => new DiskId(StoredBytes.ReadId(bytes)));

    /// <exception cref="StorageException">It can't be read.</exception>
    public static StoredView ToView(KeyValue pair) => Checked(pair, bytes =>
    {
        StoredView view = StoredBytes.ReadStoredView(bytes);
        Require((EtcdKeys.View(view.View.Group) == pair.Key || EtcdKeys.History(view) == pair.Key) && MadeView.IsTime(view.MadeAt));
        return view;
    });

    private static T Checked<T>(KeyValue pair, Func<byte[], T> read)
    {
        try
        {
            return read(pair.Value.ToByteArray());
        }
        catch (StorageException e)
        {
            throw new StorageException(
                $"etcd's key {pair.Key.ToStringUtf8()} can't be read: {e.Message}. If somebody wrote there by hand, restore its value, or delete the key " +
                "and run 'nameserver repair' for its group.", e);
        }
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new StorageException("it holds something of another key");
    }
}
