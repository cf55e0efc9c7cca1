using System.Text;

namespace JustHungry.UserCli.Text;

/// <summary>The program's stdout. What can't be written there (a full disk) is a trouble of its own, and not one with the shop.</summary>
internal sealed class AnswerWriter(TextWriter output) : TextWriter(output.FormatProvider)
{
    public override Encoding Encoding => output.Encoding;

    public override void Write(char value) => Try(() => output.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => output.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => output.Write(value));

    public override void WriteLine(string? value) => Try(() => output.WriteLine(value));

    public override void Flush() => Try(output.Flush);

    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e)
        {
            throw new OutputException(e);
        }
    }
}

/// <summary>The output can't be written.</summary>
internal sealed class OutputException(IOException reason) : Exception($"The output can't be written: {reason.Message.TrimEnd('.')}.", reason);
