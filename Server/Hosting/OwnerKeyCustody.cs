using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Hosting;

/// <summary>
/// Where this server keeps the key of the shop's owner. The key is made in the step in which this replica opens the shop, as a new group's
/// first primary, and is on the disk before its hash goes into entry 1. A first primary may die before anybody else has its entry 1, and
/// the next one opens the shop with a key of its own: so only when the shop's entry 1 is committed is it known whose key it is.
/// Its rule: in the data directory only the shop's key keeps its name, and any other file gets another one, for it may be all that is left
/// of the key; a file that was named by hand is never touched.
/// </summary>
internal sealed class OwnerKeyCustody
{
    private readonly IReadOnlyList<Protocol.Ordering.Product> _products;
    private readonly OwnerKeyFile _file;
    private readonly bool _isGiven;
    private readonly ILogger _log;

    /// <exception cref="StorageException">The file named by --owner-key-file can't be used.</exception>
    public OwnerKeyCustody(string? given, DataDirectory directory, IReadOnlyList<Protocol.Ordering.Product> products, ILogger log)
    {
        _products = products;
        _isGiven = given is not null;
        _log = log;
        string path = Path.GetFullPath(given ?? Path.Combine(directory.Directory, OwnerKeyFile.Name));
        _file = new OwnerKeyFile(path);
        if (!_isGiven || _file.Read() is not null)
            return;
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new StorageException($"--owner-key-file {given}: there is no such file, and no directory to make it in.");
        _file.CheckPlace();
    }

    /// <summary>The effects of entry 1, asked for when this replica is the one to open the shop. Makes the key if there is none yet.</summary>
    public ReadOnlyMemory<byte> Open()
    {
        OwnerKey key = ReadOwn() ?? _file.Make();
        var effects = new ArrayBufferWriter<byte>();
        new ShopOpening(_products, KeyHash.Of(key)).WriteTo(new EffectWriter(effects));
        return effects.WrittenMemory;
    }

    /// <summary>The shop's entry 1 is committed: says where the key is, or that it is not here.</summary>
    /// <param name="shops">The hash in entry 1; null: the shop has no owner.</param>
    public void Settle(KeyHash? shops)
    {
        OwnerKey? here;
        try
        {
            here = ReadOwn();
        }
        catch (StorageException e)
        {
            Log.OwnerKeyUnusable(_log, e.Message);
            return;
        }

        if (shops is { } hash && here is { } key && hash.EqualsInFixedTime(KeyHash.Of(key)))
            Log.OwnerKeyHere(_log, _file.Path);
        else if (_isGiven && shops is null)
            Log.ShopWithoutOwner(_log, _file.Path);
        else if (_isGiven)
            Log.OtherOwnerKey(_log, _file.Path);
        else if (here is not null)
            SetAside();
    }

    /// <summary>The key in the file; null: there is none any more, after one that can't be read was set aside.</summary>
    private OwnerKey? ReadOwn()
    {
        try
        {
            return _file.Read();
        }
        catch (NoOwnerKeyException) when (!_isGiven)
        {
            Log.OwnerKeyDamaged(_log, _file.Path, _file.SetAside());
            return null;
        }
    }

    private void SetAside()
    {
        try
        {
            Log.OwnerKeySetAside(_log, _file.Path, _file.SetAside());
        }
        catch (StorageException e)
        {
            Log.OwnerKeyUnusable(_log, e.Message);
        }
    }
}
