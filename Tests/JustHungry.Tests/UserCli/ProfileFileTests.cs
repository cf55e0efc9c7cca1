using System.Runtime.Versioning;
using System.Text.Json;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed partial class ProfileFileTests : IDisposable
{
    private static readonly CustomerDetails Ada = new("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");

    private static readonly ShopAddress Here = new(new Endpoint("127.0.0.1", 9090), "JH_orders");

    private readonly TemporaryDirectory _directory = new();
    private readonly ProfileFile _file;

    public ProfileFileTests() => _file = new ProfileFile(_directory.File("home/profile.json"), TimeProvider.System);

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task The_first_use_makes_a_user_whom_nobody_can_guess_and_every_later_use_finds_it()
    {
        Profile made = await _file.LoadAsync(default);
        made.User.Should().NotBe(UserId.None);
        made.Key.Should().NotBe(default(UserKey));
        made.NextSequence.Should().Be(new Sequence(1));
        (await new ProfileFile(_file.Path, TimeProvider.System).LoadAsync(default)).Should().BeEquivalentTo(made, options => options.ComparingByValue<Sequence>());

        Profile other = await new ProfileFile(_directory.File("other.json"), TimeProvider.System).LoadAsync(default);
        other.User.Should().NotBe(made.User);
        other.Key.Should().NotBe(made.Key);
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_its_owner_may_read_it_also_after_a_change()
    {
        using LockedProfile locked = await _file.LockAsync(default);
        File.GetUnixFileMode(_file.Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(_file.Path + ".tmp", "left by a kill, readable by all");
        locked.Save(locked.Current with { Details = Ada });
        File.GetUnixFileMode(_file.Path).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Exists(_file.Path + ".tmp").Should().BeFalse();
    }

    [Test]
    public async Task Everything_comes_back_as_it_was_saved()
    {
        using LockedProfile locked = await _file.LockAsync(default);
        Profile full = locked.Current with { NextSequence = new Sequence(ulong.MaxValue - 1), Details = Ada, Cart = new SavedCart(Here, [new("apple", 2)]) };
        full = full.Know(new KnownShop(Here, new ClusterId(7), [new("127.0.0.1", 4000), new("::1", 1)]));
        full = full.Begin(Here, new ClusterId(7), new Wish(RequestKind.PlaceOrder, new byte[] { 1, 2, 0, 255 }, new RequestId(UInt128.MaxValue), "order of 2 × apple"));
        locked.Save(full);

        Profile loaded = await _file.LoadAsync(default);
        loaded.Should().BeEquivalentTo(full, options => options.ComparingByValue<Sequence>().Excluding(p => p.InFlight!.Body).Excluding(p => p.Shops));
        loaded.Shops.Should().Equal(full.Shops);
        loaded.Cart!.Lines.Should().Equal(full.Cart!.Lines);
        loaded.InFlight!.Body.ToArray().Should().Equal(1, 2, 0, 255);
    }

    [Test]
    public async Task Whoever_reads_while_it_is_replaced_sees_a_whole_profile()
    {
        using LockedProfile locked = await _file.LockAsync(default);
        using var done = new CancellationTokenSource();
        Task<int> reading = Task.Run(async () =>
        {
            int reads = 0;
            for (; !done.IsCancellationRequested; reads++)
                (await _file.LoadAsync(default)).User.Should().Be(locked.Current.User);
            return reads;
        });

        for (int i = 0; i < 100; i++)
            locked.Save(locked.Current with { NextSequence = locked.Current.NextSequence.Next, Details = Ada with { Address = new string('x', 1 + (i % 200)) } });
        await done.CancelAsync();
        (await reading).Should().BePositive();
    }

    [Test]
    public async Task A_second_one_waits_for_the_lock_and_then_sees_what_the_first_has_written()
    {
        LockedProfile first = await _file.LockAsync(default);
        var second = new ProfileFile(_file.Path, TimeProvider.System);
        second.TryLock().Should().BeNull();

        Task<LockedProfile> waiting = second.LockAsync(default);
        first.Save(first.Current with { NextSequence = new Sequence(42) });
        waiting.IsCompleted.Should().BeFalse();
        first.Dispose();
        using LockedProfile locked = await waiting;
        locked.Current.NextSequence.Should().Be(new Sequence(42));
    }

    [Test]
    public async Task A_lock_that_is_not_given_back_ends_in_an_error_that_names_the_file()
    {
        using LockedProfile first = await _file.LockAsync(default);
        var second = new ProfileFile(_file.Path, new FastTime());
        ProfileException error = (await second.Awaiting(s => s.LockAsync(default)).Should().ThrowAsync<ProfileException>()).Which;
        error.IsLocked.Should().BeTrue();
        error.Message.Should().Contain(_file.Path);
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("{\"version\": 1}")]
    [TestCase("{\"version\": 2, \"userId\": \"00\"}")]
    [TestCase("{\"version\": 3, \"userId\": \"00000000000000000000000000000001\"}")]
    [TestCase("{\"version\": 1, \"userId\": 7, \"userKey\": \"\", \"nextSequence\": 1, \"frontEnds\": []}")]
    public async Task A_damaged_profile_is_named_and_never_written_over(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file.Path)!);
        File.WriteAllText(_file.Path, content);
        foreach (Func<Task> use in new Func<Task>[] { () => _file.LoadAsync(default), () => _file.LockAsync(default) })
        {
            ProfileException error = (await use.Should().ThrowAsync<ProfileException>()).Which;
            error.Message.Should().Contain(_file.Path);
            error.IsLocked.Should().BeFalse();
        }

        File.ReadAllText(_file.Path).Should().Be(content);
        (await _file.Awaiting(f => f.LockAsync(default)).Should().ThrowAsync<ProfileException>("the lock was given back"))
            .Which.IsLocked.Should().BeFalse();
    }

    [Test]
    public async Task No_wrong_bit_makes_another_user()
    {
        Profile saved = await SaveFullAsync();
        byte[] whole = File.ReadAllBytes(_file.Path);
        int refused = 0;
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            if (Read(flipped) is { } read)
                ProfileJson.Write(read).Should().Equal(whole, $"bit {bit} changed only how the file is laid out");
            else
                refused++;
        }

        refused.Should().BeGreaterThan(whole.Length * 7, "nearly every bit says something");
        saved.NextSequence.Should().Be(new Sequence(8));
    }

    [Test]
    public async Task No_beginning_of_the_file_is_taken_for_all_of_it()
    {
        await SaveFullAsync();
        byte[] whole = File.ReadAllBytes(_file.Path);
        for (int bytes = 0; bytes < whole.Length - 1; bytes++)
            Read(whole[..bytes]).Should().BeNull($"only {bytes} bytes of {whole.Length} are there");
    }

    [Test]
    public async Task A_profile_without_a_checksum_gets_one_when_it_is_saved()
    {
        Profile saved = await SaveFullAsync();
        string content = File.ReadAllText(_file.Path);
        File.WriteAllText(_file.Path, content[..content.LastIndexOf(',')] + "\n}");
        File.ReadAllText(_file.Path).Should().NotContain("checksum");

        using LockedProfile locked = await _file.LockAsync(default);
        locked.Current.User.Should().Be(saved.User);
        locked.Save(locked.Current);

        File.ReadAllText(_file.Path).Should().Be(content);
    }

    [Test]
    public async Task Who_changed_it_by_hand_is_told_what_to_do()
    {
        await SaveFullAsync();
        File.WriteAllText(_file.Path, File.ReadAllText(_file.Path).Replace("King", "Lovelace", StringComparison.Ordinal));

        (await _file.Awaiting(f => f.LoadAsync(default)).Should().ThrowAsync<ProfileException>()).Which.Message
            .Should().Contain("checksum. If you changed it by hand, delete the field checksum").And.Contain("move it away to begin as a new user");
    }

    [TestCase("\"nextSequence\": 8", "\"nextSequence\": 8, \"nextsequence\": 9")]
    [TestCase("\"nextSequence\": 8", "\"nextSequence\": 8, \"nextSequence\": 8")]
    [TestCase("\"phone\"", "\"fax\": \"1\", \"phone\"")]
    [TestCase("\"words\"", "\"wordz\": \"1\", \"words\"")]
    public async Task A_field_that_nobody_writes_is_refused_also_without_a_checksum(string known, string with)
    {
        await SaveFullAsync();
        string content = File.ReadAllText(_file.Path);
        content = content[..content.LastIndexOf(',')] + "\n}";
        Read(System.Text.Encoding.UTF8.GetBytes(content)).Should().NotBeNull();

        Read(System.Text.Encoding.UTF8.GetBytes(content.Replace(known, with, StringComparison.Ordinal))).Should().BeNull();
    }

    [Test]
    public async Task A_damaged_key_is_not_shown()
    {
        Profile made = await _file.LoadAsync(default);
        string content = File.ReadAllText(_file.Path);
        string key = JsonDocument.Parse(content).RootElement.GetProperty("userKey").GetString()!;
        File.WriteAllText(_file.Path, content.Replace(key, key[..^1] + "!", StringComparison.Ordinal));
        (await _file.Awaiting(f => f.LoadAsync(default)).Should().ThrowAsync<ProfileException>()).Which.ToString().Should().NotContain(key[..16]);
        made.ToString().Should().NotContain(key[..16]);
    }

    [Test]
    public void A_sequence_is_never_given_to_two_updates_also_when_the_first_was_never_sent()
    {
        Profile profile = Profile.New(new UserId(1), default);
        Profile first = Begin(profile, 1);
        first.InFlight!.Sequence.Should().Be(new Sequence(1));
        first.Invoking(p => Begin(p, 2)).Should().Throw<InvariantException>();
        Begin(first.Forget(), 2).InFlight!.Sequence.Should().Be(new Sequence(2));
        Begin(first.Settle(new RefusalAnswer(AnswerCode.LowStock)), 2).InFlight!.Sequence.Should().Be(new Sequence(2));
    }

    [Test]
    public void Details_are_remembered_when_the_shop_took_them_and_only_then()
    {
        Profile begun = Begin(Profile.New(new UserId(1), default), 1);
        begun.Settle(new DetailsAnswer(Ada)).Details.Should().Be(Ada);
        begun.Settle(new RefusalAnswer(AnswerCode.InvalidPostcode)).Details.Should().BeNull();
    }

    private async Task<Profile> SaveFullAsync()
    {
        using LockedProfile locked = await _file.LockAsync(default);
        Profile full = locked.Current with { NextSequence = new Sequence(7), Details = Ada, Cart = new SavedCart(Here, [new("apple", 2)]) };
        full = full.Know(new KnownShop(Here, new ClusterId(7), [new("127.0.0.1", 4000)]));
        full = full.Begin(Here, new ClusterId(7), new Wish(RequestKind.PlaceOrder, new byte[] { 1, 2, 0, 255 }, new RequestId(9), "order of 2 × apple"));
        locked.Save(full);
        return full;
    }

    /// <summary>Null: refused, as a profile that is damaged; any other exception fails the test.</summary>
    private static Profile? Read(byte[] bytes)
    {
        try
        {
            return ProfileJson.Read(bytes);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [Test]
    public void The_shops_longest_unused_are_forgotten_first()
    {
        Profile profile = Profile.New(new UserId(1), default);
        for (int i = 0; i <= Profile.ShopsMax; i++)
            profile = profile.Know(new KnownShop(Here with { Group = $"G{i}" }, new ClusterId(1), []));
        profile = profile.Know(new KnownShop(Here with { Group = "G1" }, new ClusterId(2), []));

        profile.Shops.Should().HaveCount(Profile.ShopsMax);
        profile.ShopAt(Here with { Group = "G0" }).Should().BeNull();
        profile.Shops[0].Should().Be(new KnownShop(Here with { Group = "G1" }, new ClusterId(2), []));
    }

    private static Profile Begin(Profile profile, int id) =>
        profile.Begin(Here, ClusterId.None, new Wish(RequestKind.Cancel, ReadOnlyMemory<byte>.Empty, new RequestId((UInt128)id)));
}
