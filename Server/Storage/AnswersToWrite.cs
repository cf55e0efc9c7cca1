using System.Buffers;
using System.Runtime.InteropServices;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// Gathers the answers of one slice for the table requests. Written one by one they would cost more than the orders. Gathered, each
/// customer's row is changed once, at most 16 answers of each customer are written, and they are written in the order of the table's key.
/// They refer to the entries' bytes, so the slice's batches must stay in memory until <see cref="Flush"/>.
/// </summary>
internal sealed class AnswersToWrite
{
    private const int None = -1;

    private readonly string _file;
    private readonly CheckpointMeta _meta;
    private readonly SqliteStatement _customer, _turn, _oldRequest, _request;
    private readonly List<(AnsweredRequest Request, int Previous)> _answers = []; // each with the index of the customer's answer before it
    private readonly Dictionary<UInt128, CustomersAnswers> _customers = [];
    private readonly List<UInt128> _inKeyOrder = [];
    private readonly int[] _newest = new int[AnsweredRing.KeptMax];
    private readonly RowSeal _seal = new();

    public AnswersToWrite(SqliteDatabase database, CheckpointMeta meta)
    {
        (_file, _meta) = (database.File, meta);
        _customer = database.Prepare($"select {CheckpointReader.CustomerColumns}, seal from customers where id = ?1");
        _turn = database.Prepare("update customers set sequence = ?2, slot = ?3, seal = ?4 where id = ?1");
        _oldRequest = database.Prepare("select seal from requests where customer = ?1 and slot = ?2");
        _request = database.Prepare(
            "insert into requests(customer, slot, sequence, request_id, body_hash, answer, seal) values(?1, ?2, ?3, ?4, ?5, ?6, ?7) " +
            "on conflict(customer, slot) do update set sequence = ?3, request_id = ?4, body_hash = ?5, answer = ?6, seal = ?7");
    }

    private record struct CustomersAnswers(int Count, Sequence FirstSequence, int Last);

    public void Add(in AnsweredRequest request)
    {
        ref CustomersAnswers customer = ref CollectionsMarshal.GetValueRefOrAddDefault(_customers, request.User.Value, out bool isKnown);
        if (!isKnown)
            customer = new CustomersAnswers(0, request.Sequence, None);
        else if (_answers[customer.Last].Request.Sequence == request.Sequence)
        {
            _answers[customer.Last] = (request, _answers[customer.Last].Previous); // adding it twice in a row must change nothing
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

    /// <summary>Advances the customer's slots, which are used in turn, so that the newest answers replace the oldest.</summary>
    /// <returns>The slot of the last answer.</returns>
    private int TakeTurns(UInt128 id, CustomersAnswers customer)
    {
        if (!_customer.BindId(1, id).Step())
            throw new DamagedStorageException(_file, "an answer belongs to a customer who is not in the table customers");

        (UserId user, KeyHash key, CustomerDetails? details, CustomersTurn turn) = CheckpointReader.ReadCustomer(_file, _customer);
        uint old = _seal.Customer(user, key, details, turn);
        RowSeal.Check(old, _customer, 9, _file, "customers", user); // a new seal must not vouch for old damage
        _customer.Reset();

        Sequence last = _answers[customer.Last].Request.Sequence;
        turn = turn.Take(customer.Count, customer.FirstSequence, last);
        uint seal = _seal.Customer(user, key, details, turn);
        _meta.Count(old, seal);
        _turn.BindId(1, id).Bind(2, last.Value).Bind(3, turn.Slot).Bind(4, (long)seal).Run();
        return turn.Slot;
    }

    private void Write(int slot, in AnsweredRequest request)
    {
        ReadOnlySpan<byte> answer = request.Answer.IsSingleSegment ? request.Answer.FirstSpan : request.Answer.ToArray();
        uint seal = _seal.Request(request, slot, answer);
        _meta.Count(SealOf(request.User.Value, slot), seal);
        _request.BindId(1, request.User.Value).Bind(2, slot).Bind(3, request.Sequence.Value).BindId(4, request.RequestId.Value).Bind(5, request.BodyHash)
            .Bind(6, answer).Bind(7, (long)seal).Run();
    }

    /// <summary>The seal of the row that is replaced; 0 if there is none.</summary>
    private uint SealOf(UInt128 customer, int slot)
    {
        if (!_oldRequest.BindId(1, customer).Bind(2, slot).Step())
            return 0;

        uint seal = (uint)_oldRequest.Integer(0);
        _oldRequest.Reset();
        return seal;
    }
}
