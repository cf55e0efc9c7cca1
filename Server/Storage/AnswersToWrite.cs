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
    private const int None = -1;

    private readonly string _file;
    private readonly SqliteStatement _turn, _request;
    private readonly List<(AnsweredRequest Request, int Previous)> _answers = []; // each leads to the same customer's one before it
    private readonly Dictionary<UInt128, CustomersAnswers> _customers = [];
    private readonly List<UInt128> _inKeyOrder = [];
    private readonly int[] _newest = new int[AnsweredRing.KeptMax];

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

    private record struct CustomersAnswers(int Count, ulong FirstSequence, int Last);

    public void Add(in AnsweredRequest request)
    {
        ref CustomersAnswers customer = ref CollectionsMarshal.GetValueRefOrAddDefault(_customers, request.User.Value, out bool isKnown);
        if (!isKnown)
            customer = new CustomersAnswers(0, request.Sequence, None);
        else if (_answers[customer.Last].Request.Sequence == request.Sequence)
        {
            _answers[customer.Last] = (request, _answers[customer.Last].Previous); // done twice in a row, it leaves what it left the first time
            return;
        }

        customer.Count++;
        _answers.Add((request, customer.Last));
        customer.Last = _answers.Count - 1;
    }

    public void Flush()
    {
        _inKeyOrder.AddRange(_customers.Keys);
        _inKeyOrder.Sort();
        foreach (UInt128 customer in _inKeyOrder)
            WriteCustomer(customer, _customers[customer]);
        Clear();
    }

    public void Clear()
    {
        _answers.Clear();
        _customers.Clear();
        _inKeyOrder.Clear();
    }

    private void WriteCustomer(UInt128 id, CustomersAnswers customer)
    {
        int last = TakeTurns(id, customer);
        int kept = Math.Min(customer.Count, AnsweredRing.KeptMax);
        for (int i = kept - 1, answer = customer.Last; i >= 0; i--, answer = _answers[answer].Previous)
            _newest[i] = answer;
        for (int i = 0; i < kept; i++)
            Write((last + AnsweredRing.KeptMax - kept + i + 1) % AnsweredRing.KeptMax, _answers[_newest[i]].Request);
    }

    /// <returns>The slot of the last answer.</returns>
    private int TakeTurns(UInt128 id, CustomersAnswers customer)
    {
        _turn.BindId(1, id).Bind(2, customer.Count).Bind(3, customer.FirstSequence).Bind(4, _answers[customer.Last].Request.Sequence);
        if (!_turn.Step())
            throw new DamagedStorageException(_file, "an answer belongs to a customer who is not in the table customers");

        int last = (int)_turn.Integer(0);
        _turn.Reset();
        return last;
    }

    private void Write(int slot, in AnsweredRequest request)
    {
        ReadOnlySpan<byte> answer = request.Answer.IsSingleSegment ? request.Answer.FirstSpan : request.Answer.ToArray();
        _request.BindId(1, request.User.Value).Bind(2, slot).Bind(3, request.Sequence).BindId(4, request.RequestId.Value).Bind(5, request.BodyHash)
            .Bind(6, answer).Run();
    }
}
