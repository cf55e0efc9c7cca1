using System.Buffers;
using System.Text.Json;
using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary><c>user shop rotate-key</c>: at each moment the key that counts, or will, is in a file whose name the owner knows.</summary>
[Category("Slow")]
internal sealed class RotateKeyCommandTests
{
    private static readonly OwnerKey Old = new(0xAB, 0xCD);

    private ShopFixture _fixture = null!;

    private string File => _fixture.Directory.File("owner-key");

    private string Next => File + ".next";

    private string Before => File + ".before";

    [SetUp]
    public async Task SetUp()
    {
        _fixture = await ShopFixture.StartAsync();
        await System.IO.File.WriteAllTextAsync(File, Old.ToFileText());
    }

    [TearDown]
    public async Task TearDown() => await _fixture.DisposeAsync();

    [Test]
    public async Task The_new_key_takes_the_old_ones_place_once_it_counts()
    {
        _fixture.World.Script(RequestKind.RotateOwnerKey, new OwnerKeyAnswer(new KeyHash(1, 2)));

        (int code, string text, _) = await RunAsync();

        code.Should().Be(ExitCode.Done);
        text.Should().StartWith($"The shop has a new owner's key, in {File}: keep a copy");
        (OwnerKey sent, OwnerKey kept) = (SentNext(out KeyHash hash), Key(File));
        sent.Should().Be(Old);
        hash.Should().Be(KeyHash.Of(kept), "the shop is told the hash and no more");
        Key(Before).Should().Be(Old);
        System.IO.File.Exists(Next).Should().BeFalse();
        if (!OperatingSystem.IsWindows())
            System.IO.File.GetUnixFileMode(File).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public async Task Json()
    {
        _fixture.World.Script(RequestKind.RotateOwnerKey, new OwnerKeyAnswer(new KeyHash(1, 2)));

        JsonElement json = JsonDocument.Parse((await RunAsync("--json")).Out).RootElement;

        (json.GetProperty("ownerKeyFile").GetString(), json.GetProperty("before").GetString()).Should().Be((File, Before));
    }

    [Test]
    public async Task Without_an_answer_both_keys_are_kept_and_the_same_command_goes_on()
    {
        _fixture.World.Script(RequestKind.RotateOwnerKey, new OwnerKeyAnswer(new KeyHash(1, 2)));
        _fixture.FrontEnd.Faults.Enqueue(Fault.CloseAfter);
        _fixture.FrontEnd.Faults.Enqueue(Fault.CloseBefore);
        (await RunAsync("--retries", "0")).Code.Should().Be(ExitCode.OutcomeUnknown);
        OwnerKey next = Key(Next);
        Key(File).Should().Be(Old);

        (await RunAsync()).Code.Should().Be(ExitCode.Done);

        Key(File).Should().Be(next);
        _fixture.World.Received.Select(r => r.RequestId).Distinct().Should().ContainSingle();
    }

    [Test]
    public async Task A_rotation_that_was_settled_elsewhere_only_gets_its_files_renamed()
    {
        var next = new OwnerKey(7, 8);
        await System.IO.File.WriteAllTextAsync(Next, next.ToFileText());
        _fixture.World.Script(RequestKind.RotateOwnerKey, new RefusalAnswer(AnswerCode.NotOwner));
        _fixture.World.Script(RequestKind.ShopReport, new ShopReportAnswer(OrderNumber.None, false, 0, 0, 0, Pence.Zero, Pence.Zero, Pence.Zero, []));

        (await RunAsync()).Code.Should().Be(ExitCode.Done);

        Key(File).Should().Be(next);
    }

    [Test]
    public async Task Whoever_is_not_the_owner_keeps_the_files_as_they_are()
    {
        _fixture.World.Script(RequestKind.RotateOwnerKey, new RefusalAnswer(AnswerCode.NotOwner));
        _fixture.World.Script(RequestKind.ShopReport, new RefusalAnswer(AnswerCode.NotOwner));

        (await RunAsync()).Code.Should().Be(ExitCode.Refused);

        Key(File).Should().Be(Old);
    }

    [Test]
    public async Task What_is_no_key_is_not_written_over()
    {
        await System.IO.File.WriteAllTextAsync(Next, "something else");

        (int code, string text, string error) = await RunAsync();

        (code, text + error).Should().Be((ExitCode.Refused, $"The new key can't be kept in {Next}: there is a file of that name which holds no owner's key; move it away. Nothing was sent.\n"));
        _fixture.World.Received.Should().BeEmpty();
        (await System.IO.File.ReadAllTextAsync(Next)).Should().Be("something else");
    }

    [Test]
    public async Task Two_at_once_do_not_write_over_each_others_key()
    {
        using (FileLock other = FileLock.TryTake(File + ".lock")!)
            (await RunAsync()).Code.Should().Be(ExitCode.Refused);

        _fixture.World.Received.Should().BeEmpty();
        System.IO.File.Exists(Next).Should().BeFalse();
    }

    private static OwnerKey Key(string file) =>
        OwnerKey.TryParse(System.IO.File.ReadAllText(file), out OwnerKey key) ? key : throw new AssertionException($"{file} holds no key");

    private OwnerKey SentNext(out KeyHash hash)
    {
        UserRequest sent = _fixture.World.Received.Single(r => r.Kind == RequestKind.RotateOwnerKey);
        OwnerBodies.TrySplit(sent.Body, out OwnerKey key, out ReadOnlySequence<byte> content).Should().BeTrue();
        hash = OwnerBodies.ReadHash(content);
        return key;
    }

    private async Task<(int Code, string Out, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        string[] all = ["shop", "rotate-key", "--owner-key-file", File, "--name-server", _fixture.FrontEnd.NameServer.ToString(), "--profile", _fixture.ProfilePath, .. args];
        int code = await UserProgram.RunAsync(all, new Terminal(TextReader.Null, output, error));
        return (code, output.ToString(), error.ToString());
    }
}
