using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Hosting;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Hosting;

/// <summary>Where the owner's key is made, found and dropped.</summary>
public sealed class OwnerKeyCustodyTests
{
    private string _place = "";
    private DataDirectory _directory = null!;

    private string OwnFile => Path.Combine(_directory.Directory, "owner-key");

    [SetUp]
    public void MakeDirectory()
    {
        _place = Directory.CreateTempSubdirectory("justhungry-custody-").FullName;
        _directory = DataDirectory.Open(Path.Combine(_place, "server-1"));
    }

    [TearDown]
    public void DeleteDirectory()
    {
        _directory.Dispose();
        Directory.Delete(_place, recursive: true);
    }

    [Test]
    public void No_key_is_made_before_this_replica_opens_the_shop()
    {
        OwnerKeyCustody custody = New();
        File.Exists(OwnFile).Should().BeFalse();
        KeyHash inEntry = Open(custody);
        KeyHash.Of(ReadKey(OwnFile)).Should().Be(inEntry);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(OwnFile).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(_directory.Directory, "*.new").Should().BeEmpty();
    }

    [Test]
    public void A_replica_that_opens_the_shop_again_after_a_crash_uses_the_key_it_made()
    {
        KeyHash first = Open(New());
        Open(New()).Should().Be(first);
    }

    [Test]
    public void A_key_stays_while_it_is_the_shops()
    {
        OwnerKeyCustody custody = New();
        custody.Settle(Open(custody));
        File.Exists(OwnFile).Should().BeTrue();
    }

    [Test]
    public void A_key_that_is_not_the_shops_is_set_aside_and_each_under_a_name_of_its_own()
    {
        OwnerKeyCustody custody = New();
        List<KeyHash> made = [];
        for (int i = 0; i < 2; i++)
        {
            made.Add(Open(custody));
            custody.Settle(KeyHash.Of(OwnerKey.Make()));
            File.Exists(OwnFile).Should().BeFalse();
        }

        KeyHash[] kept = [KeyHash.Of(ReadKey(Path.Combine(_directory.Directory, "unused-owner-key"))), KeyHash.Of(ReadKey(Path.Combine(_directory.Directory, "unused-owner-key-2")))];
        kept.Should().Equal(made);
    }

    [Test]
    public void A_damaged_file_is_set_aside_and_no_longer_keeps_this_replica_from_opening_the_shop()
    {
        File.WriteAllText(OwnFile, "0123");
        OwnerKeyCustody custody = New();

        custody.Settle(Open(custody));

        ReadKey(OwnFile);
        string aside = Path.Combine(_directory.Directory, "unused-owner-key");
        File.ReadAllText(aside).Should().Be("0123");
        File.WriteAllText(OwnFile, "4567");
        custody.Settle(KeyHash.Of(OwnerKey.Make()));
        File.Exists(OwnFile).Should().BeFalse();
        File.ReadAllText(aside + "-2").Should().Be("4567");
    }

    [Test]
    public void A_file_named_by_hand_is_used_or_made_and_never_deleted()
    {
        string file = Path.Combine(_place, "mine");
        OwnerKeyCustody custody = New(file);
        Open(custody).Should().Be(KeyHash.Of(ReadKey(file)));
        Open(New(file)).Should().Be(KeyHash.Of(ReadKey(file)));
        custody.Settle(KeyHash.Of(OwnerKey.Make()));
        custody.Settle(null);
        File.Exists(file).Should().BeTrue();
        File.Exists(OwnFile).Should().BeFalse();
    }

    [TestCase("", false)]
    [TestCase("0123", false)]
    [TestCase("zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [TestCase("  0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\r\n", true)]
    public void A_file_named_by_hand_is_read_at_the_start(string text, bool isKey)
    {
        string file = Path.Combine(_place, "mine");
        File.WriteAllText(file, text);
        Action start = () => New(file);
        if (isKey)
            start.Should().NotThrow();
        else
            start.Should().Throw<StorageException>().WithMessage($"{file} holds no owner's key*");
    }

    [Test]
    public void A_file_that_could_not_be_made_is_refused_at_the_start() =>
        FluentActions.Invoking(() => New(Path.Combine(_place, "no", "such", "place"))).Should().Throw<StorageException>().WithMessage("--owner-key-file*");

    [Test]
    public void A_directory_under_the_name_or_a_place_that_takes_no_file_is_refused_at_the_start_and_nothing_is_left()
    {
        string[] places = [Path.Combine(_place, "server-1"), Path.Combine(_place, new string('k', 300))];
        foreach (string place in places)
            FluentActions.Invoking(() => New(place)).Should().Throw<StorageException>().WithMessage($"*{place} can't be made*--owner-key-file*");
        New(Path.Combine(_place, "mine"));
        Directory.GetFiles(_place).Should().BeEmpty();
    }

    [Test]
    public void A_reset_makes_a_key_and_repeats_it_until_it_is_the_shops()
    {
        KeyHash before = Open(New()), others = KeyHash.Of(OwnerKey.Make());
        OwnerKeyCustody custody = New(resets: true);

        KeyHash reset = Reset(custody, others)!.Value;

        reset.Should().NotBe(before).And.Be(KeyHash.Of(ReadKey(OwnFile)));
        KeyHash.Of(ReadKey(Path.Combine(_directory.Directory, "unused-owner-key"))).Should().Be(before);
        custody.Settle(others);
        Reset(custody, others).Should().Be(reset, "the entry was cut");

        custody.Settle(reset);
        Reset(custody, reset).Should().BeNull();
        Reset(New(resets: true), reset).Should().BeNull("a supervisor may keep the option");
    }

    [Test]
    public void A_key_that_was_rotated_away_is_not_what_a_reset_takes()
    {
        KeyHash leaked = Open(New());

        Reset(New(resets: true), KeyHash.Of(OwnerKey.Make())).Should().NotBe(leaked);
    }

    [Test]
    public void A_server_that_has_the_shops_key_resets_nothing()
    {
        KeyHash shops = Open(New());

        Reset(New(resets: true), shops).Should().BeNull();
    }

    [Test]
    public void A_reset_to_a_key_that_is_given_leaves_its_file_alone()
    {
        string given = Path.Combine(_place, "mine");
        var key = OwnerKey.Make();
        File.WriteAllText(given, key.ToFileText());

        Reset(New(given, resets: true), null).Should().Be(KeyHash.Of(key));

        ReadKey(given).Should().Be(key);
    }

    [Test]
    public void Nothing_is_reset_unasked() => Reset(New(), null).Should().BeNull();

    private static KeyHash? Reset(OwnerKeyCustody custody, KeyHash? shops)
    {
        if (custody.Reset(shops) is not { } effects)
            return null;

        var shop = new ShopState();
        EffectReader.ApplyTo(shop, new ReadOnlySequence<byte>(effects));
        return shop.OwnerKey;
    }

    private OwnerKeyCustody New(string? given = null, bool resets = false) => new(given, resets, _directory, Catalogue.Sample, NullLogger.Instance);

    private static OwnerKey ReadKey(string file)
    {
        OwnerKey.TryParse(File.ReadAllText(file), out OwnerKey key).Should().BeTrue();
        return key;
    }

    private static KeyHash Open(OwnerKeyCustody custody)
    {
        var shop = new ShopState();
        EffectReader.ApplyTo(shop, new ReadOnlySequence<byte>(custody.Open()));
        return shop.OwnerKey!.Value;
    }
}
