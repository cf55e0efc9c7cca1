namespace JustHungry.Protocol.Hosting;

/// <summary>Finds the word somebody probably meant.</summary>
public static class Nearest
{
    /// <summary>The candidate with the fewest edits from <paramref name="typed"/>, if that is at most a third of its letters; null otherwise.</summary>
    public static string? To(string typed, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(typed);
        (string? word, int edits) = candidates
            .Select(c => (Word: (string?)c, Edits: Distance(typed.ToLowerInvariant(), c.ToLowerInvariant())))
            .OrderBy(c => c.Edits)
            .FirstOrDefault();
        return word is not null && edits <= Math.Max(1, word.Length / 3) ? word : null;
    }

    /// <summary>Levenshtein's distance: insertions, deletions and substitutions.</summary>
    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = new int[b.Length + 1];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            previous = current;
        }

        return previous[^1];
    }
}
