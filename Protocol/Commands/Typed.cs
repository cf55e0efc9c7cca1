namespace JustHungry.Protocol.Commands;

/// <summary>
/// What was typed, as a value; or a sentence that says why it is none. Made once, where a command's options become its arguments: what
/// runs afterwards can't meet a text that nobody has checked. Several are combined by a query, which ends at the first mistake.
/// </summary>
public readonly record struct Typed<T>
{
    private readonly T _value;

    internal Typed(T value, string? mistake) => (_value, Mistake) = (value, mistake);

    /// <summary>What is wrong, in a sentence; null: nothing.</summary>
    public string? Mistake { get; }

    /// <exception cref="InvalidOperationException">There is a mistake instead.</exception>
    public T Value => Mistake is null ? _value : throw new InvalidOperationException($"a mistake was taken for a value: {Mistake}");

    public Typed<TNext> Select<TNext>(Func<T, TNext> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return Mistake is null ? new Typed<TNext>(next(_value), null) : new Typed<TNext>(default!, Mistake);
    }

    public Typed<TResult> SelectMany<TNext, TResult>(Func<T, Typed<TNext>> next, Func<T, TNext, TResult> result)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (Mistake is not null)
            return new Typed<TResult>(default!, Mistake);

        T value = _value;
        return next(value).Select(other => result(value, other));
    }

    /// <summary>What a program does with these arguments.</summary>
    public Typed<Act> Run(Func<T, Task<int>> command) => Select<Act>(arguments => () => command(arguments));

    public static implicit operator Typed<T>(T value) => new(value, null);

    public static implicit operator Typed<T>(Wrong wrong) => new(default!, wrong.Sentence);
}

/// <summary>A command with its arguments, ready to run. Gives back the exit code.</summary>
public delegate Task<int> Act();

/// <summary>Why what was typed is no value.</summary>
public readonly record struct Wrong(string Sentence);

/// <summary>Makes <see cref="Typed{T}"/>.</summary>
public static class Typed
{
    /// <summary>For what must hold and has no value of its own.</summary>
    /// <param name="mistake">What is wrong, in a sentence; null: nothing.</param>
    public static Typed<bool> Unless(string? mistake) => mistake is null ? true : new Wrong(mistake);

    public static Typed<T> Of<T>(T value) => value;
}
