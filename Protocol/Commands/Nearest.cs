namespace JustHungry.Protocol.Commands;

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

    /// <summary>Insertions, deletions, substitutions and swaps of neighbours ("optimal string alignment").</summary>
    private static int Distance(string a, string b)
    {
        int[,] edits = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    edits[i, j] = i + j;
                    continue;
                }

                int best = Math.Min(Math.Min(edits[i, j - 1], edits[i - 1, j]) + 1, edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                bool isSwap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                edits[i, j] = isSwap ? Math.Min(best, edits[i - 2, j - 2] + 1) : best;
            }
        }

        return edits[a.Length, b.Length];
    }
}
