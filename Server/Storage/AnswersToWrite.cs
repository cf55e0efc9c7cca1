using System.Buffers;
using System.Runtime.InteropServices;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// The answers of one slice on their way to the table requests. Written one by one they would cost more than the orders; put together,
/// a customer's row is changed once, no more than 16 answers of each are written, and they go in the order of the table's key.
/// They show the entries' bytes: the slice's batches stay in memory until <see cref="Flush"/>.
/// </summary>
internal sealed class AnswersToWrite
{
    private readonly string _file;
    private readonly SqliteStatement _turn, _request;
    private readonly List<AnsweredRequest> _answers = [];
    private readonly List<(UInt128 Customer, int Arrival)> _byCustomer = [];

    public AnswersToWrite(SqliteDatabase database)
    {
        _file = database.File;
        // A customer's slots are used in turn, so that the newest answers replace the oldest. An answer that is there already keeps its slot.
        _turn = database.Prepare(
            $"update customers set slot = (slot + ?2 - (sequence is ?3)) % {AnsweredRing.KeptMax}, sequence = ?4 where id = ?1 returning slot");
        _request = database.Prepare(
            "insert into requests(customer, slot, sequence, request_id, body_hash, answer) values(?1, ?2, ?3, ?4, ?5, ?6) " +
            "on conflict(customer, slot) do update set sequence = ?3, request_id = ?4, body_hash = ?5, answer = ?6");
    }

    public void Add(in AnsweredRequest request)
    {
        _byCustomer.Add((request.User.Value, _answers.Count));
        _answers.Add(request);
    }

    public void Flush()
    {
        _byCustomer.Sort(static (a, b) => a.Customer != b.Customer ? a.Customer.CompareTo(b.Customer) : a.Arrival.CompareTo(b.Arrival));
        Span<(UInt128 Customer, int Arrival)> rest = CollectionsMarshal.AsSpan(_byCustomer);
        while (!rest.IsEmpty)
        {
            int count = 1;
            while (count < rest.Length && rest[count].Customer == rest[0].Customer)
                count++;
            WriteCustomer(rest[..count]);
            rest = rest[count..];
        }

        Clear();
    }

    public void Clear()
    {
        _answers.Clear();
        _byCustomer.Clear();
    }

    /// <summary>The answers of one customer, oldest first.</summary>
    private void WriteCustomer(Span<(UInt128 Customer, int Arrival)> arrivals)
    {
        int different = 0; // an effect that is done twice in a row leaves what it left the first time
        for (int i = 0; i < arrivals.Length; i++)
        {
            if (i == 0 || Answer(arrivals[i]).Sequence != Answer(arrivals[different - 1]).Sequence)
                different++;
            arrivals[different - 1] = arrivals[i];
        }

        arrivals = arrivals[..different];
        int slot = TakeTurns(arrivals);
        foreach ((UInt128 Customer, int Arrival) arrival in arrivals[Math.Max(0, different - AnsweredRing.KeptMax)..])
        {
            slot = (slot + 1) % AnsweredRing.KeptMax;
            Write(slot, Answer(arrival));
        }
    }

    /// <returns>The slot before that of the first answer that is written.</returns>
    private int TakeTurns(ReadOnlySpan<(UInt128 Customer, int Arrival)> arrivals)
    {
        _turn.BindId(1, arrivals[0].Customer).Bind(2, arrivals.Length).Bind(3, Answer(arrivals[0]).Sequence).Bind(4, Answer(arrivals[^1]).Sequence);
        if (!_turn.Step())
            throw new DamagedStorageException(_file, "an answer belongs to a customer who is not in the table customers");

        int last = (int)_turn.Integer(0);
        _turn.Reset();
        return (last + AnsweredRing.KeptMax - Math.Min(arrivals.Length, AnsweredRing.KeptMax)) % AnsweredRing.KeptMax;
    }

    private void Write(int slot, in AnsweredRequest request)
    {
        ReadOnlySpan<byte> answer = request.Answer.IsSingleSegment ? request.Answer.FirstSpan : request.Answer.ToArray();
        _request.BindId(1, request.User.Value).Bind(2, slot).Bind(3, request.Sequence).BindId(4, request.RequestId.Value).Bind(5, request.BodyHash)
            .Bind(6, answer).Run();
    }

    private ref readonly AnsweredRequest Answer((UInt128 Customer, int Arrival) arrival) => ref CollectionsMarshal.AsSpan(_answers)[arrival.Arrival];
}
