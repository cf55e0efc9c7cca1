using JustHungry.Server.Storage.Journal;

namespace JustHungry.Tests.Server.Storage.Journal;

/// <summary>The journal's files, with a look at them before each step that changes something. One step at a time, whichever thread takes it.</summary>
internal sealed class SteppedDirectory(IJournalDirectory files, Action beforeStep) : IJournalDirectory
{
    private readonly Lock _lock = new();

    public IReadOnlyList<string> List() => files.List();

    public IJournalFile? Open(string name) => files.Open(name) is { } file ? new SteppedFile(this, file) : null;

    public IJournalFile Create(string name)
    {
        IJournalFile? made = null;
        Step(() => made = files.Create(name));
        return new SteppedFile(this, made!);
    }

    public void Rename(IJournalFile file, string name) => Step(() => files.Rename(((SteppedFile)file).File, name));

    public void Delete(string name) => Step(() => files.Delete(name));

    public void Flush() => Step(files.Flush);

    private void Step(Action step)
    {
        lock (_lock)
        {
            beforeStep();
            step();
        }
    }

    private sealed class SteppedFile(SteppedDirectory directory, IJournalFile file) : IJournalFile
    {
        public IJournalFile File => file;

        public string Name => file.Name;

        public string Path => file.Path;

        public long Length => file.Length;

        public int Read(Span<byte> into, long at) => file.Read(into, at);

        public void Write(ReadOnlySpan<byte> bytes, long at)
        {
            byte[] copy = bytes.ToArray();
            directory.Step(() => file.Write(copy, at));
        }

        public void Sync() => directory.Step(file.Sync);

        public void Dispose() => file.Dispose();
    }
}
