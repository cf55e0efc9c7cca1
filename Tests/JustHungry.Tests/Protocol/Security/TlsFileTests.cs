using System.Security.Cryptography.X509Certificates;
using FluentAssertions;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;
using NUnit.Framework;
using static JustHungry.Tests.Protocol.Security.TestCluster;

namespace JustHungry.Tests.Protocol.Security;

/// <summary>What --tls-file may name, and what is said of everything else.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TlsFileTests : IDisposable
{
    private readonly TestCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Test]
    public void A_certificate_says_role_id_and_group_whatever_they_are()
    {
        foreach (PeerIdentity identity in new[] { Is(Role.Replica, "york-b.2"), Is(Role.FrontEnd, "frontend", "G.1-x_y"), Is(Role.Operator, "Ann, O=x"), Is(Role.NameServer) })
        {
            using X509Certificate2 leaf = _cluster.Authority.Issue(identity, DateTimeOffset.UtcNow);
            PeerIdentity.TryRead(leaf).Should().Be(identity);
        }

        PeerIdentity.TryRead(_cluster.Authority.Certificate).Should().BeNull();
    }

    [Test]
    public void By_default_nothing_expires()
    {
        _cluster.Authority.Certificate.NotAfter.ToUniversalTime().Year.Should().Be(9999);
        using X509Certificate2 leaf = _cluster.Authority.Issue(Is(Role.Replica), DateTimeOffset.UtcNow);
        leaf.NotAfter.Should().Be(_cluster.Authority.Certificate.NotAfter);
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void A_key_that_others_may_read_is_refused_with_the_cure()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(_cluster.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        MistakeOf(_cluster.KeyFile, Is(Role.Replica)).Should().Contain($"chmod 600 {_cluster.KeyFile}");
    }

    [Test]
    public void An_identity_that_was_issued_is_for_that_process_only()
    {
        string file = _cluster.Write("2.pem", _cluster.Authority.IssuePem(Is(Role.Replica, "2"), DateTimeOffset.UtcNow, null).Pem);

        TlsCredentials.Load(file, Is(Role.Replica, "2"), TimeProvider.System).Expires.Year.Should().Be(9999);
        MistakeOf(file, Is(Role.Replica)).Should().Contain("is for replica 2 of group JH_orders, and this is replica 1 of group JH_orders");
        MistakeOf(file, Is(Role.Replica, "2", "other")).Should().Contain("group other");
        MistakeOf(file, Is(Role.FrontEnd)).Should().Contain("frontend");
        TlsCredentials.ReadClusterKey(file).Should().BeNull();
    }

    [Test]
    public void An_expired_file_is_refused_with_its_name_and_the_date()
    {
        _cluster.Replace(Authority.Make(DateTimeOffset.UtcNow.AddDays(-100)));
        DateTimeOffset ends = DateTimeOffset.UtcNow.AddDays(-3);
        string file = _cluster.Write("1.pem", _cluster.Authority.IssuePem(Is(Role.Replica), ends.AddDays(-10), ends).Pem);
        MistakeOf(file, Is(Role.Replica)).Should().Contain(file).And.Contain($"expired on {ends.UtcDateTime:yyyy-MM-dd}");
    }

    [Test]
    public void What_is_missing_or_damaged_is_said_in_a_sentence()
    {
        string good = File.ReadAllText(_cluster.KeyFile);
        MistakeOf(_cluster.KeyFile + "x", Is(Role.Replica)).Should().Contain("nameserver keys make");
        MistakeOf(_cluster.Write("a", "nothing"), Is(Role.Replica)).Should().Contain("no certificate");
        MistakeOf(_cluster.Write("b", _cluster.Authority.Certificate.ExportCertificatePem()), Is(Role.Replica)).Should().Contain("holds no key");
        using Authority other = Authority.Make(DateTimeOffset.UtcNow);
        MistakeOf(_cluster.Write("c", other.Certificate.ExportCertificatePem() + "\n" + good), Is(Role.Replica)).Should().Contain("not the one of the key");
        foreach (int at in new[] { 40, 100, 200 })
        {
            string damaged = good[..at] + (good[at] == 'A' ? 'B' : 'A') + good[(at + 1)..];
            Action load = () => TlsCredentials.Load(_cluster.Write("d", damaged), Is(Role.Replica), TimeProvider.System);
            load.Should().Throw<FormatException>($"at {at}");
        }
    }

    [Test]
    public void A_changed_file_is_taken_and_one_that_cannot_be_used_is_not()
    {
        TlsCredentials credentials = TlsCredentials.Load(_cluster.KeyFile, Is(Role.Replica), TimeProvider.System);
        credentials.Refresh().Should().BeFalse();
        TlsMaterial before = credentials.Current;

        _cluster.Replace(Authority.Make(DateTimeOffset.UtcNow));
        credentials.Refresh().Should().BeTrue();
        credentials.Current.Should().NotBeSameAs(before);
        TlsMaterial taken = credentials.Current;

        _cluster.Write("cluster-key.pem", "half of it");
        credentials.Invoking(c => c.Refresh()).Should().Throw<FormatException>();
        credentials.Current.Should().BeSameAs(taken);
        credentials.Refresh().Should().BeFalse("it was said once");
    }

    /// <summary>It may have gone because its key is known to others.</summary>
    [Test]
    public void A_file_that_can_not_be_read_at_two_looks_is_named()
    {
        TlsCredentials credentials = TlsCredentials.Load(_cluster.KeyFile, Is(Role.Replica), TimeProvider.System);
        TlsMaterial before = credentials.Current;
        File.Delete(_cluster.KeyFile);

        credentials.Refresh().Should().BeFalse("it may be in the middle of being replaced");
        credentials.Invoking(c => c.Refresh()).Should().Throw<FormatException>().WithMessage($"*{_cluster.KeyFile}*");
        credentials.Refresh().Should().BeFalse("it was said");
        credentials.Current.Should().BeSameAs(before);
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public void A_changed_file_that_was_refused_is_taken_once_it_is_mended()
    {
        if (OperatingSystem.IsWindows())
            return;
        var time = new MovingTime();
        TlsCredentials credentials = TlsCredentials.Load(_cluster.KeyFile, Is(Role.Replica), time);
        TlsMaterial before = credentials.Current;
        _cluster.Replace(Authority.Make(DateTimeOffset.UtcNow));
        File.SetUnixFileMode(_cluster.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        credentials.Invoking(c => c.Refresh()).Should().Throw<FormatException>().WithMessage("*chmod 600*");
        credentials.Refresh().Should().BeFalse("it was said");
        time.Now = time.Now.AddDays(1.5);
        credentials.Invoking(c => c.Refresh()).Should().Throw<FormatException>("it is said again once a day");
        credentials.Current.Should().BeSameAs(before);

        File.SetUnixFileMode(_cluster.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        credentials.Refresh().Should().BeTrue("its bytes are the same, and its mode is not");
        credentials.Current.Should().NotBeSameAs(before);
        credentials.Refresh().Should().BeFalse();
    }

    [Test]
    public void A_minted_certificate_is_minted_again_in_time()
    {
        var time = new MovingTime();
        TlsCredentials credentials = TlsCredentials.Load(_cluster.KeyFile, Is(Role.Replica), time);
        for (int day = 0; day < 100; day++)
        {
            time.Now = time.Now.AddDays(1);
            credentials.Refresh();
            credentials.Current.Own!.TargetCertificate.NotAfter.Should().BeAfter(time.Now.UtcDateTime.AddDays(8));
        }
    }

    private static string MistakeOf(string file, PeerIdentity self)
    {
        Action load = () => TlsCredentials.Load(file, self, TimeProvider.System);
        return load.Should().Throw<FormatException>().Which.Message;
    }

    private sealed class MovingTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
