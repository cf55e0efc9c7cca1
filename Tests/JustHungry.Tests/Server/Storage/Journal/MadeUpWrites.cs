using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Tests.Server.Storage.Journal;

/// <summary>Random work for a journal, with the model of what it should hold.</summary>
internal sealed class MadeUpWrites(Random random, LogModel? from = null)
{
    private const int BytesMost = 6_000;

    private ulong _epoch = Math.Max(1, Math.Max(from?.Adopted?.Epoch.Value ?? 0, from?.Last.Epoch.Value ?? 0));

    public LogModel Model { get; private set; } = from ?? LogModel.Empty;

    /// <summary>The next piece of work: what it does, and what the journal holds after it.</summary>
    public (Action<LogJournal> Do, LogModel After) Next()
    {
        if (Model.IsInstalling)
        {
            var at = new EntryPosition(new EntryIndex((ulong)random.Next(1, 1_000)), new Epoch(_epoch));
            return Take(journal => journal.EndInstall(at), Model.Restarted(at, isInstalling: false));
        }

        if (random.Next(40) == 0)
            return Take(journal => journal.BeginInstall(), Model.Restarted(EntryPosition.Start, isInstalling: true));
        if (random.Next(8) == 0)
            return Take(journal => journal.Seal(), Model);

        LogWrite write = MakeWrite();
        return Take(journal => journal.Write(write), Model.After(write));
    }

    private (Action<LogJournal>, LogModel) Take(Action<LogJournal> work, LogModel after)
    {
        Model = after;
        return (work, after);
    }

    private LogWrite MakeWrite()
    {
        var write = new LogWrite();
        EntryPosition last = Model.Last;
        if (random.Next(6) == 0)
            write.Adopt = KeepingTheLog.ViewOf(++_epoch);
        if (random.Next(5) == 0 && Model.Batches.Count > 0)
        {
            int cut = random.Next(Model.Batches.Count);
            write.CutFrom = Model.Batches[cut].First;
            last = cut > 0 ? Model.Batches[cut - 1].LastPosition : Model.Base;
        }

        for (int i = random.Next(3); i > 0; i--)
        {
            write.Append.Add(Batch(last.Index.Next));
            last = write.Append[^1].LastPosition;
        }

        LogModel after = Model.After(write);
        if (random.Next(3) == 0 && after.Batches.Count > 0)
            write.Base = after.Batches[random.Next(after.Batches.Count)].LastPosition;
        return write;
    }

    private LogBatch Batch(EntryIndex first)
    {
        byte[] entries = new byte[random.Next(1, random.Next(4) == 0 ? BytesMost : 200)];
        random.NextBytes(entries);
        return LogBatch.Create(first, random.Next(1, 4), new Epoch(_epoch), entries);
    }
}
