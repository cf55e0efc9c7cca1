namespace JustHungry.Protocol.Commands;

/// <summary>
/// The value of what was typed, or a sentence that says what is wrong with it. Made once, where a command's options become its arguments,
/// so that what runs afterwards never meets unchecked text. A query combines several and ends at the first mistake.
/// </summary>
public readonly record struct Typed<T>
{
    private readonly T _value;

    internal Typed(T value, string? mistake) => (_value, Mistake) = (value, mistake);

    /// <summary>What is wrong, in a sentence; null if nothing is.</summary>
    public string? Mistake { get; }

    /// <exception cref="InvalidOperationException">What was typed is a mistake.</exception>
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

    /// <summary>Runs a command with these arguments.</summary>
    public Typed<Act> Run(Func<T, Task<int>> command) => Select<Act>(arguments => () => command(arguments));

    public static implicit operator Typed<T>(T value) => new(value, null);

    public static implicit operator Typed<T>(Wrong wrong) => new(default!, wrong.Sentence);
}

/// <summary>A command with its arguments, ready to run. Returns the exit code.</summary>
public delegate Task<int> Act();

/// <summary>What is wrong with what was typed.</summary>
public readonly record struct Wrong(string Sentence);

/// <summary>Makes <see cref="Typed{T}"/>.</summary>
public static class Typed
{
    /// <summary>Checks something that must hold and that has no value of its own.</summary>
    /// <param name="mistake">What is wrong, in a sentence; null if nothing is.</param>
    public static Typed<bool> Unless(string? mistake) => mistake is null ? true : new Wrong(mistake);

    public static Typed<T> Of<T>(T value) => value;
}
