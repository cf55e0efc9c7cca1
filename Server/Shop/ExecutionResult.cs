namespace JustHungry.Server.Shop;

/// <summary>What came of an execution.</summary>
internal enum ExecutionResult : byte
{
    /// <summary>Answered without an entry: a retrieval, a repetition, or an answer that depends on the request alone.</summary>
    Answered = 1,

    /// <summary>An update took place or was refused: its effects must be appended as an entry, and applied.</summary>
    Entry = 2,

    /// <summary>Ask the postcode service, then execute again with its verdict. Nothing was written.</summary>
    NeedsPostcode = 3,
}
