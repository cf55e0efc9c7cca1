namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// All of the journal's file operations go through this interface, so that tests can simulate a crash between any two of them.
/// </summary>
internal interface IJournalDirectory
{
    /// <summary>The names of the journal's files, including unfinished ones.</summary>
    IReadOnlyList<string> List();

    /// <summary>
    /// Null if the file does not exist, or no longer: while a journal is read for a copy, its server may delete a segment.
    /// </summary>
    IJournalFile? Open(string name);

    /// <summary>Creates an empty file, replacing any that has the name.</summary>
    IJournalFile Create(string name);

    /// <summary>Gives an open file a name that no other file has.</summary>
    void Rename(IJournalFile file, string name);

    void Delete(string name);

    /// <summary>Makes the directory's entries durable.</summary>
    void Flush();
}

/// <summary>An open file of the journal.</summary>
internal interface IJournalFile : IDisposable
{
    string Name { get; }

    /// <summary>For messages.</summary>
    string Path { get; }

    long Length { get; }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    int Read(Span<byte> into, long at);

    void Write(ReadOnlySpan<byte> bytes, long at);

    /// <summary>Makes what was written, and the file's length, durable.</summary>
    void Sync();
}
