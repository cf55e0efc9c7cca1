using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server.Hosting;

/// <summary>
/// Where this server keeps the key of the shop's owner. The key is made in the step in which this replica opens the shop, as a new group's
/// first primary, and is on disk before its hash goes into entry 1. A first primary may die before any other replica has its entry 1, and
/// the next one then opens the shop with its own key; so which key is the shop's is known only once entry 1 is committed. Its rule: in the
/// data directory a file under the key's name holds the shop's key; any other key is renamed and never deleted, since it may be the last
/// copy of a key. A file named by --owner-key-file is never touched. With --reset-owner-key a key that is made, or given, when this replica
/// leads without having the shop's becomes the shop's by an entry of its own.
/// </summary>
internal sealed class OwnerKeyCustody
{
    private readonly IReadOnlyList<Protocol.Ordering.Product> _products;
    private readonly OwnerKeyFile _file;
    private readonly bool _isGiven;
    private readonly bool _resets;
    private readonly ILogger _log;
    private readonly Lock _files = new(); // Settle does not run in the loop
    private OwnerKey? _made;

    /// <exception cref="StorageException">The file named by --owner-key-file can't be used.</exception>
    public OwnerKeyCustody(string? given, bool resets, DataDirectory directory, IReadOnlyList<Protocol.Ordering.Product> products, ILogger log)
    {
        _products = products;
        _isGiven = given is not null;
        _resets = resets;
        _log = log;
        string path = Path.GetFullPath(given ?? Path.Combine(directory.Directory, OwnerKeyFile.Name));
        _file = new OwnerKeyFile(path);
        if (!_isGiven && resets)
            _file.CheckPlace();
        if (!_isGiven || _file.Read() is not null)
            return;
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new StorageException($"--owner-key-file {given}: there is no such file, and no directory to make it in.");
        _file.CheckPlace();
    }

    /// <summary>Returns the effects of entry 1; called when this replica is to open the shop. Makes the key if there is none yet.</summary>
    public ReadOnlyMemory<byte> Open()
    {
        OwnerKey key = ReadOwn() ?? _file.Make();
        var effects = new ArrayBufferWriter<byte>();
        new ShopOpening(_products, KeyHash.Of(key)).WriteTo(new EffectWriter(effects));
        return effects.WrittenMemory;
    }

    /// <summary>
    /// Returns the effects that make another key the shop's, if the process was started for that and the shop's key is not here: the key in
    /// a file that was given, or else a new one. The same again until it is committed; nothing from then on, whoever starts it again.
    /// </summary>
    /// <param name="shops">The hash of the key that is the shop's now; null: it has no owner.</param>
    public ReadOnlyMemory<byte>? Reset(KeyHash? shops)
    {
        if (!_resets)
            return null;

        lock (_files)
        {
            OwnerKey? here = ReadOwn();
            if (here is { } key && shops is { } hash && hash.EqualsInFixedTime(KeyHash.Of(key)))
                return null;
            if (!_isGiven && here is not null && here != _made)
                SetAside();
            OwnerKey next = ReadOwn() ?? _file.Make();
            _made = next;
            Log.OwnerKeyReset(_log, _file.Path);
            var effects = new ArrayBufferWriter<byte>();
            new EffectWriter(effects).SetOwnerKey(KeyHash.Of(next));
            return effects.WrittenMemory;
        }
    }

    /// <summary>It is committed which key is the shop's: logs where it is, or sets aside a key that is not the shop's.</summary>
    /// <param name="shops">Its hash; null: the shop has no owner.</param>
    public void Settle(KeyHash? shops)
    {
        lock (_files)
            SettleNow(shops);
    }

    private void SettleNow(KeyHash? shops)
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
        else if (here is not null && here != _made) // what was made is about to be the shop's
            SetAside();
    }

    /// <summary>The key in the file; null if there is none, or if the file held no key and was set aside.</summary>
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
