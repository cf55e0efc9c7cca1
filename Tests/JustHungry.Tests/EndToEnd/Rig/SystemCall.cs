using System.Globalization;
using System.Text.RegularExpressions;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>One system call as strace wrote it down: where it begins, and where it ends.</summary>
/// <param name="Arguments">As text; strings in it are hexadecimal.</param>
/// <param name="Begins">Its place in the order of all that was recorded of the process; a call of another thread may lie between it and <paramref name="Ends"/>.</param>
/// <param name="Result">What it returned; -1 for an error, or if the process ended in it.</param>
internal sealed partial record SystemCall(string Name, string Arguments, int Begins, int Ends, long Result)
{
    /// <summary>The strings among the arguments, in their order.</summary>
    public IEnumerable<byte[]> Strings =>
        QuotedHex().Matches(Arguments).Select(m => Convert.FromHexString(m.Groups[1].Value.Replace(@"\x", "", StringComparison.Ordinal)));

    /// <summary>The first argument, for calls whose first one is a file descriptor.</summary>
    public int Descriptor => int.Parse(Arguments.Split(',', 2)[0], CultureInfo.InvariantCulture);

    /// <summary>What strace recorded with <c>-f -xx</c>, by the place where each call begins.</summary>
    public static List<SystemCall> ReadAll(IEnumerable<string> lines)
    {
        var calls = new List<SystemCall>();
        var unfinished = new Dictionary<string, (string Text, int Begins)>();
        int place = 0;
        foreach (string line in lines)
        {
            place++;
            Match parts = Line().Match(line);
            if (!parts.Success)
                continue; // a signal, or an exit
            string thread = parts.Groups[1].Value, text = parts.Groups[2].Value;
            int begins = place;
            if (Resumed().Match(text) is { Success: true } resumed)
            {
                if (!unfinished.Remove(thread, out (string Text, int Begins) first))
                    continue;
                (text, begins) = (first.Text + resumed.Groups[1].Value, first.Begins);
            }

            int cut = text.IndexOf(" <unfinished ...>", StringComparison.Ordinal);
            if (cut >= 0)
                unfinished[thread] = (text[..cut], begins);
            else if (Read(text, begins, place) is { } call)
                calls.Add(call);
        }

        calls.AddRange(unfinished.Values.Select(u => Read(u.Text + ") = -1", u.Begins, int.MaxValue)).OfType<SystemCall>());
        calls.Sort((a, b) => a.Begins.CompareTo(b.Begins));
        return calls;
    }

    private static SystemCall? Read(string text, int begins, int ends)
    {
        Match call = Call().Match(text);
        return call.Success
            ? new SystemCall(call.Groups[1].Value, call.Groups[2].Value, begins, ends, long.TryParse(call.Groups[3].Value, CultureInfo.InvariantCulture, out long result) ? result : -1)
            : null;
    }

    [GeneratedRegex(@"^(\d+)\s+(.*)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>(.*)$")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(\w+)\((.*)\)\s+= (-?\d+|\?)")]
    private static partial Regex Call();

    [GeneratedRegex("\"((?:\\\\x[0-9a-f]{2})*)\"")]
    private static partial Regex QuotedHex();
}
