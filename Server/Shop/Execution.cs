using System.Runtime.InteropServices;

namespace JustHungry.Server.Shop;

/// <summary>
/// What the shop decided on a request. Its bytes belong to the shop and are valid only until the next execution.
/// </summary>
/// <param name="Answer">Empty if <see cref="ExecutionResult.NeedsPostcode"/>.</param>
/// <param name="Effects">The entry's content; empty unless <see cref="ExecutionResult.Entry"/>.</param>
/// <param name="Postcode">The postcode to ask the service for, as it will be stored. Null unless
/// <see cref="ExecutionResult.NeedsPostcode"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Execution(ExecutionResult Result, ReadOnlyMemory<byte> Answer, ReadOnlyMemory<byte> Effects, string? Postcode)
{
    public static Execution Answered(ReadOnlyMemory<byte> answer) => new(ExecutionResult.Answered, answer, default, null);

    public static Execution Entry(ReadOnlyMemory<byte> effects, ReadOnlyMemory<byte> answer) => new(ExecutionResult.Entry, answer, effects, null);

    public static Execution NeedsPostcode(string postcode) => new(ExecutionResult.NeedsPostcode, default, default, postcode);
}

/// <summary>The kind of an execution's outcome.</summary>
internal enum ExecutionResult : byte
{
    /// <summary>Answered without an entry: a retrieval, a repetition, or an answer that depends on the request alone.</summary>
    Answered = 1,

    /// <summary>An update was made or refused: its effects must be appended as an entry, and applied.</summary>
    Entry = 2,

    /// <summary>Ask the postcode service, then execute again with its verdict. Nothing was written.</summary>
    NeedsPostcode = 3,
}
