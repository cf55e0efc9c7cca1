using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Shop;

/// <summary>One user's last 16 answered updates, by rising sequence.</summary>
internal sealed class AnsweredRing
{
    /// <summary>How many answers can still be repeated. A front end allows one user as many requests in flight.</summary>
    public const int KeptMax = 16;

    private Kept[] _ring = [];
    private int _count;
    private int _newest = -1;

    public Sequence HighestSequence => _count == 0 ? Sequence.None : _ring[_newest].Sequence;

    public int Count => _count;

    /// <param name="index">0 is the oldest.</param>
    public ref readonly Kept this[int index] => ref _ring[(_newest + 1 + index) % _count];

    public void Add(in AnsweredRequest request)
    {
        Invariant.Check(request.Sequence >= HighestSequence && request.Sequence != Sequence.None, "a user's answered sequences rise");
        if (request.Sequence != HighestSequence)
            Advance();
        _ring[_newest].Set(request);
    }

    /// <summary>True if the update of this sequence was answered under this request id.</summary>
    public bool TryFind(Sequence sequence, RequestId id, out Kept found)
    {
        foreach (ref readonly Kept kept in _ring.AsSpan(0, _count))
        {
            if (kept.Sequence == sequence && kept.RequestId == id)
            {
                found = kept;
                return true;
            }
        }

        found = default;
        return false;
    }

    public bool Holds(RequestId id)
    {
        foreach (ref readonly Kept kept in _ring.AsSpan(0, _count))
        {
            if (kept.RequestId == id)
                return true;
        }

        return false;
    }

    /// <summary>The answers of <paramref name="user"/>, oldest first.</summary>
    public void WriteTo(IShopTables tables, UserId user)
    {
        for (int i = 0; i < Count; i++)
        {
            ref readonly Kept kept = ref this[i];
            tables.AddAnswered(new AnsweredRequest(user, kept.Sequence, kept.RequestId, kept.BodyHash, new ReadOnlySequence<byte>(kept.Answer)));
        }
    }

    private void Advance()
    {
        if (_count < KeptMax)
        {
            if (_count == _ring.Length)
                Array.Resize(ref _ring, Math.Max(1, _count * 2));
            _count++;
        }

        _newest = (_newest + 1) % _count;
    }

    /// <summary>An answered update. Its buffer is re-used for later answers, so copy what is read from it.</summary>
    internal struct Kept
    {
        // A buffer much longer than its answer would waste memory; a new buffer for each answer would produce garbage.
        private const int SpareBytesMax = 64;

        private byte[]? _answer;
        private int _answerLength;

        public Sequence Sequence { get; private set; }

        public RequestId RequestId { get; private set; }

        public ulong BodyHash { get; private set; }

        public readonly ReadOnlyMemory<byte> Answer => new(_answer, 0, _answerLength);

        public void Set(in AnsweredRequest request)
        {
            Sequence = request.Sequence;
            RequestId = request.RequestId;
            BodyHash = request.BodyHash;
            _answerLength = (int)request.Answer.Length;
            if (_answer is null || _answer.Length < _answerLength || _answer.Length > _answerLength + SpareBytesMax)
                _answer = new byte[_answerLength];
            request.Answer.CopyTo(_answer);
        }
    }
}
