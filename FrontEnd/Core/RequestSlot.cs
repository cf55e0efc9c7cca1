using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>Where a request in flight stands.</summary>
internal enum SlotState : byte
{
    Free,

    /// <summary>To be sent to the primary, for the first time or again.</summary>
    Waiting,
    Sent,

    /// <summary>The primary has answered; the answer waits for a barrier.</summary>
    Held,
}

/// <summary>
/// One request in flight, from its arrival to the user's answer. Re-used: its buffers are rented while it is in use.
/// Owned by <see cref="RequestTable"/>.
/// </summary>
internal sealed class RequestSlot(int index)
{
    private byte[] _body = [];
    private int _bodyBytes;
    private byte[] _answer = [];
    private int _answerBytes;
    private UserRequest _request;

    public int Index => index;

    public SlotState State { get; set; }

    public UserConnection? User { get; private set; }

    public ulong UserCorrelation { get; private set; }

    public long ReceivedMs { get; private set; }

    /// <summary>Identifies the last sending: an answer to an earlier one, or to an earlier request in this slot, is dropped.</summary>
    public ulong SendNumber { get; private set; }

    /// <summary>How many times it was sent; if 0, no replica has seen it.</summary>
    public int Sendings { get; private set; }

    /// <summary>The request's number among all that the table has taken. It tells the request from later ones in the same slot.</summary>
    public ulong Arrival { get; private set; }

    /// <summary>
    /// The bytes that are reserved for it, and whether it is under way between here and the primary. Owned by <see cref="Turns"/>.
    /// </summary>
    public int Reserved { get; set; }

    public bool IsUnderWay { get; set; }

    /// <summary>How many times a primary failed while the request was under way there; <see cref="Suspects"/> says what follows.</summary>
    public int Failures { get; set; }

    /// <summary>The neighbours in the order of arrival, or the next free slot.</summary>
    public RequestSlot? Previous { get; set; }

    public RequestSlot? Next { get; set; }

    public RequestKind Kind => _request.Kind;

    public UserId UserId => _request.User;

    public int Bytes => _bodyBytes + _answerBytes;

    /// <summary>The request as its user made it, on the slot's own copy of the body.</summary>
    public UserRequest Request => _request with { Body = new ReadOnlySequence<byte>(_body, 0, _bodyBytes) };

    public ReadOnlySequence<byte> Answer => new(_answer, 0, _answerBytes);

    public void Take(Now now, ulong arrival, UserConnection user, ulong correlation, in UserRequest request)
    {
        State = SlotState.Waiting;
        Arrival = arrival;
        User = user;
        UserCorrelation = correlation;
        ReceivedMs = now.Ms;
        Sendings = 0;
        Failures = 0;
        _request = request with { Body = default };
        Copy(request.Body, ref _body, out _bodyBytes);
    }

    public void Sent(ulong sendNumber)
    {
        State = SlotState.Sent;
        SendNumber = sendNumber;
        Sendings++;
    }

    public void Hold(in ReadOnlySequence<byte> answer)
    {
        State = SlotState.Held;
        Copy(answer, ref _answer, out _answerBytes);
    }

    /// <summary>Forgets the sending in flight and its answer, if any: the request is to be sent again.</summary>
    public void Forget()
    {
        State = SlotState.Waiting;
        SendNumber = 0;
        Return(ref _answer, out _answerBytes);
    }

    public void Clear()
    {
        State = SlotState.Free;
        User = null;
        SendNumber = 0;
        _request = default;
        Return(ref _body, out _bodyBytes);
        Return(ref _answer, out _answerBytes);
    }

    private static void Copy(in ReadOnlySequence<byte> bytes, ref byte[] buffer, out int count)
    {
        count = (int)bytes.Length;
        buffer = BytePools.Arrays.Rent(count);
        bytes.CopyTo(buffer);
    }

    private static void Return(ref byte[] buffer, out int count)
    {
        if (buffer.Length > 0)
            BytePools.Arrays.Return(buffer);
        buffer = [];
        count = 0;
    }
}
