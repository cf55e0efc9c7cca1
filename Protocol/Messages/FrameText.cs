using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Protocol.Messages;

/// <summary>
/// A frame as part of a line in a trace: its correlation, its type, and whatever matters in a change of view (epochs, positions, rounds,
/// replicas). It never contains a user's key, name or address.
/// </summary>
public static class FrameText
{
    public static string Of(in Frame frame)
    {
        try
        {
            return $"[{frame.Correlation}] {ContentOf(frame)}";
        }
        catch (ProtocolViolationException e)
        {
            return $"[{frame.Correlation}] {e.Message}"; // the receiver reports it too
        }
    }

    /// <summary>The text of a message that is being sent. Encodes the message once more, so it is for traces only.</summary>
    public static string Of<T>(ulong correlation, in T message)
        where T : struct, IMessage<T>
    {
        var bytes = new ArrayBufferWriter<byte>();
        new FrameWriter().Write(bytes, correlation, message);
        return Of(new Frame(new ReadOnlySequence<byte>(bytes.WrittenMemory[FrameLimits.PrefixBytes..])));
    }

    private static string ContentOf(in Frame frame) => frame.Type switch
    {
        MessageType.Register => Registration(frame.As<Register>().Registration),
        MessageType.Listed => "Listed " + string.Join("; ", frame.As<Listed>().Registrations.Select(Registration)),
        MessageType.ViewIs => $"ViewIs {frame.As<ViewIs>().View} {frame.As<ViewIs>().Health}",
        MessageType.Propose => Proposal(frame.As<Propose>()),
        MessageType.Proposed => $"Proposed {frame.As<Proposed>().Outcome}: {frame.As<Proposed>().View}",
        MessageType.StatusReport => Report(frame.As<StatusReport>()),
        MessageType.NewView => "NewView " + frame.As<NewView>().View,
        MessageType.ViewAdopted => "ViewAdopted " + frame.As<ViewAdopted>().Epoch,
        MessageType.Sync => $"Sync {frame.As<Sync>().Member} {frame.As<Sync>().Endpoint}",
        MessageType.Resigning => "Resigning " + frame.As<Resigning>().Epoch,
        MessageType.Leaving => "Leaving " + frame.As<Leaving>().Epoch,
        MessageType.MemberStalled => $"MemberStalled {frame.As<MemberStalled>().Epoch}: {string.Join(", ", frame.As<MemberStalled>().Members.Select(m => $"{m.Member} {m.Reason}"))}",
        MessageType.Execute => Execute(frame.As<Execute>()),
        MessageType.Executed => $"Executed ({frame.As<Executed>().Epoch}, {frame.As<Executed>().Number})",
        MessageType.PropagateBackup => "PropagateBackup " + frame.As<PropagateBackup>().Epoch,
        MessageType.Propagated => $"Propagated ({frame.As<Propagated>().Epoch}, {frame.As<Propagated>().Number})",
        MessageType.Refused => $"Refused {frame.As<Refused>().Reason}: {frame.As<Refused>().View}",
        MessageType.Append => Append(frame.As<Append>()),
        MessageType.Appended => $"Appended epoch {frame.As<Appended>().Epoch} round {frame.As<Appended>().Round} match {frame.As<Appended>().Match}",
        MessageType.Mismatch => $"Mismatch epoch {frame.As<Mismatch>().Epoch} try {frame.As<Mismatch>().TryFrom}",
        MessageType.TransferBegin => $"TransferBegin {frame.As<TransferBegin>().Transfer} at {frame.As<TransferBegin>().At} in {frame.As<TransferBegin>().Epoch}",
        MessageType.TransferReady => $"TransferReady {frame.As<TransferReady>().Transfer} next {frame.As<TransferReady>().NextChunk}",
        MessageType.TransferRows => $"TransferRows {frame.As<TransferRows>().Transfer} chunk {frame.As<TransferRows>().Chunk}",
        MessageType.TransferEnd => $"TransferEnd {frame.As<TransferEnd>().Transfer} in {frame.As<TransferEnd>().Epoch}",
        MessageType.TransferRefused => $"TransferRefused {frame.As<TransferRefused>().Transfer}",
        MessageType.Request => $"Request {frame.As<Request>().Content.Kind} {frame.As<Request>().Content.Sequence}",
        MessageType.Reply => "Reply " + Answer.Read(frame.As<Reply>().Answer).Code,
        _ => frame.Type.ToString(),
    };

    private static string Registration(Registration r) => $"{r.Name} at {r.Endpoint} adopted {r.Adopted}";

    private static string Proposal(in Propose p) => $"Propose {p.Kind} from {p.Expected}: {p.View}, evidence {p.EvidenceEpoch} {p.EvidenceHolds}";

    private static string Report(in StatusReport r) =>
        $"StatusReport {r.Self} {r.Role}{(r.Leading ? " leading" : "")} adopted {r.Adopted} last {r.Last} commit {r.Commit} hears {r.HearsPrimary} reaches {r.Reaches}"
        + string.Concat(r.Spares.Select(s => $" spare {s.Member} level {s.NearlyLevel} acked {s.AckedViewStarted}"));

    private static string Execute(in Execute e) => $"Execute in {e.Epoch}: {e.Content.Kind} {e.Content.User.Value % 10_000} #{e.Content.Sequence}";

    private static string Append(in Append a) =>
        $"Append epoch {a.Epoch} round {a.Round} after {a.Previous} +{a.Count}@{a.BatchEpoch} commit {a.Commit}";
}
