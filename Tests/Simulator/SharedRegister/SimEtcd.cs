using JustHungry.NameServer.Etcd;
using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.Protocol.Cores;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.SharedRegister;

/// <summary>
/// One name server's calls to etcd. A call may take long, be lost on the way there or back, or be done only after its asker was told that
/// nobody can tell what became of it.
/// </summary>
internal sealed class SimEtcd(SimWorld world, EtcdModel model, EtcdWeather weather, Func<Now> clock) : IEtcd
{
    private const long PatienceUs = 500_000;

    /// <summary>Its process is dead: nothing that was asked for gets an answer, and what was sent is still done.</summary>
    public bool IsDead { get; set; }

    public void Txn(Now now, TxnRequest request, Action<Now, TxnResponse?> then)
    {
        var copy = TxnRequest.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(request)); // as the wire does
        Call(() => model.Execute(copy), then);
    }

    public void Grant(Now now, int seconds, Action<Now, long?> then) => Call<long?>(() => model.Grant(seconds), then);

    public void KeepAlive(Now now, long lease, Action<Now, long?> then) => Call<long?>(() => model.KeepAlive(lease), then);

    public void Dispose()
    {
    }

    private void Call<T>(Func<T> execute, Action<Now, T?> then)
    {
        bool isAnswered = false;
        world.Time.After(weather.WayUs(), () =>
        {
            if (weather.Loses())
                return; // on the way there
            T answer = execute();
            bool isLost = weather.Loses();
            world.Time.After(weather.WayUs(), () =>
            {
                if (!isLost)
                    Answer(answer);
            });
        });
        world.Time.After(PatienceUs, () => Answer(default));

        void Answer(T? answer)
        {
            if (isAnswered || IsDead)
                return;
            isAnswered = true;
            then(clock(), answer);
        }
    }
}

/// <summary>How calls to etcd fare now.</summary>
internal sealed class EtcdWeather(Chance chance)
{
    public bool IsBad { get; set; }

    public long WayUs() => IsBad && chance.OneIn(4) ? chance.Between(1_000, 3_000_000) : chance.Skewed(100, 5_000);

    public bool Loses() => IsBad && chance.OneIn(6);
}
