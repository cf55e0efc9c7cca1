using FluentAssertions;
using JustHungry.NameServer.Commands;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Security;
using JustHungry.Tests.UserCli.Support;
using NUnit.Framework;

namespace JustHungry.Tests.NameServer;

/// <summary>The commands that make keys never write over a file: processes may depend on it.</summary>
public sealed class KeysCommandsTests
{
    [Test]
    public async Task A_key_and_its_certificate_are_made_and_left_as_they_are()
    {
        using var directory = new TemporaryDirectory();
        string key = directory.File("a.pem"), certificate = directory.File("a.crt");
        (await MakeAsync(key)).Should().Be(ExitCode.Done);
        TlsCredentials.ReadClusterKey(key).Should().NotBeNull();
        string made = await File.ReadAllTextAsync(certificate);

        (await MakeAsync(key)).Should().Be(ExitCode.Refused);
        (await IssueAsync(key, key)).Should().Be(ExitCode.Refused);
        (await IssueAsync(key, certificate)).Should().Be(ExitCode.Refused);
        TlsCredentials.ReadClusterKey(key).Should().NotBeNull();
        File.Delete(key);
        (await MakeAsync(key)).Should().Be(ExitCode.Refused, "its certificate is there");
        File.Exists(key).Should().BeFalse();
        (await File.ReadAllTextAsync(certificate)).Should().Be(made);
    }

    [Test]
    public void A_key_does_not_go_where_its_certificate_would_overwrite_it()
    {
        new KeysMakeCommandLine { Out = "x.crt" }.Parse().Mistake.Should().Contain("another ending");
        new KeysMakeCommandLine { Out = "x.key" }.Parse().Value.CertificateFile.Should().EndWith("x.crt");
    }

    private static Task<int> MakeAsync(string file) => KeysCommands.MakeAsync(new KeysMakeCommandLine { Out = file }.Parse().Value!);

    private static Task<int> IssueAsync(string key, string file) =>
        KeysCommands.IssueAsync(new KeysIssueCommandLine { RoleText = "operator", TlsFileText = key, Out = file }.Parse().Value!);
}
