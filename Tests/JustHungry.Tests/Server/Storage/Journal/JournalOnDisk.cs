using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Tests.Server.Storage.Journal;

/// <summary>A journal's files in a directory of their own, and what tests do to them.</summary>
internal sealed class JournalOnDisk : IDisposable
{
    public static JournalOnDisk Create() => new();

    public string Path { get; } = Directory.CreateTempSubdirectory("justhungry-test-journal-").FullName;

    public JournalDirectory Files => new(Path);

    public LogJournal Open(JournalOptions options) => LogJournal.Open(Files, options);

    /// <summary>What is there, without changing anything.</summary>
    public LogModel Read()
    {
        using RecoveredJournal? found = JournalReader.Read(new JournalDirectory(Path, isReadOnly: true));
        return found is null ? LogModel.Empty : LogModel.Of(found.State);
    }

    public string FileOf(string name) => System.IO.Path.Combine(Path, name);

    public byte[] Bytes(string name) => File.ReadAllBytes(FileOf(name));

    public void Write(string name, byte[] bytes) => File.WriteAllBytes(FileOf(name), bytes);

    /// <summary>Flips bits of one byte.</summary>
    public void Flip(string name, long at, byte mask)
    {
        using FileStream file = File.Open(FileOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = at;
        int old = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(old ^ mask));
    }

    public static LogWrite Append(ulong first, int bytes, byte fill = 0xa5)
    {
        byte[] entries = new byte[bytes];
        entries.AsSpan().Fill(fill);
        return new LogWrite { Append = { LogBatch.Create(new EntryIndex(first), 1, new Epoch(1), entries) } };
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
