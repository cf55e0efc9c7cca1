namespace JustHungry.Server.Storage.Journal;

/// <summary>What the journal does with files; everything goes through here, so that tests can end the world between any two steps.</summary>
internal interface IJournalDirectory
{
    /// <summary>The names of the journal's files, unfinished ones too.</summary>
    IReadOnlyList<string> List();

    /// <summary>Null: it is not there, or not any more. While a journal is read for a copy, its server may delete a segment.</summary>
    IJournalFile? Open(string name);

    /// <summary>Makes an empty file, over whatever has the name.</summary>
    IJournalFile Create(string name);

    /// <summary>Gives an open file another name, that nobody has.</summary>
    void Rename(IJournalFile file, string name);

    void Delete(string name);

    /// <summary>Makes the names durable.</summary>
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

    /// <summary>Makes what was written durable, and the file's length.</summary>
    void Sync();
}
