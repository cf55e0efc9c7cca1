using FluentAssertions;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.NameServer;

/// <summary>Lists of name servers, for programs without a core.</summary>
public sealed class SeveralNameServersTests
{
    private static readonly Caller AsOperator = new("G", LinkSecurity.Off);

    [TestCase("a:1", "a:1")]
    [TestCase("a:1, b:2,a:1", "a:1,b:2")]
    public void A_list_is_in_order_and_names_each_once(string text, string read)
    {
        NameServerList.TryParse(text, out NameServerList list).Should().BeTrue();
        list.ToString().Should().Be(read);
        list.First.Should().Be(new Endpoint("a", 1));
    }

    [TestCase("")]
    [TestCase("a:1,")]
    [TestCase("a:1,b")]
    [TestCase("a:1,a:2,a:3,a:4,a:5,a:6,a:7,a:8,a:9")]
    public void Anything_else_is_no_list(string text) => NameServerList.TryParse(text, out _).Should().BeFalse();

    [Test]
    public async Task The_first_that_answers_is_asked_and_two_registers_are_refused()
    {
        Endpoint nobody = FreePorts.TakeEndpoint();
        await using NameServerProcess one = await NameServerProcess.StartAsync("memory");
        await using NameServerProcess other = await NameServerProcess.StartAsync("memory");

        await using (OperatorClient client = await NameServerClient.ConnectAsync(new NameServerList(nobody, one.Endpoint), AsOperator, OperatorClient.Patience, CancellationToken.None))
            client.Endpoint.Should().Be(one.Endpoint);
        Func<NameServerList, Task> demand = list => RegisterCheck.DemandOneAsync(list, AsOperator, CancellationToken.None);
        await demand(new NameServerList(nobody, one.Endpoint));
        await demand.Invoking(d => d(new NameServerList(one.Endpoint, nobody, other.Endpoint))).Should().ThrowAsync<ExplainedException>()
            .WithMessage($"--name-server {one.Endpoint},{nobody},{other.Endpoint}: the name servers at {one.Endpoint} and {other.Endpoint} have different registers*");
    }

    [Test]
    public async Task When_none_answers_the_error_names_all_that_were_tried()
    {
        Endpoint[] nobody = [FreePorts.TakeEndpoint(), FreePorts.TakeEndpoint()];

        (int exit, _, string error) = await NameServerProcess.RunAsync(["ping", "--name-server", string.Join(',', nobody)]);

        exit.Should().Be(ExitCode.Unavailable);
        error.Should().Contain($"no name server answers at {nobody[0]},{nobody[1]}: {nobody[0]}: ").And.Contain($"; {nobody[1]}: ");
    }

    [Test]
    public void Copies_of_one_file_are_two_registers()
    {
        using var directory = new TempDirectory();
        string path = directory.File("nameserver.db"), copy = directory.File("copy.db");
        SqliteStorage.Open(path).Dispose();
        File.Copy(path, copy);

        using SqliteStorage one = SqliteStorage.Open(path);
        using SqliteStorage other = SqliteStorage.Open(copy);

        one.Register.Should().NotBe(DiskId.None).And.NotBe(other.Register);
    }
}
