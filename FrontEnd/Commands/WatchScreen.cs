using System.Globalization;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Messages;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace JustHungry.FrontEnd.Commands;

/// <summary>
/// The group on a terminal, redrawn once a second. It uses the terminal's alternate screen, so that at the end the previous contents are
/// back, with the last look below them. It uses only the sixteen colours that the terminal's theme defines, and shows nothing by colour
/// alone.
/// </summary>
internal sealed class WatchScreen : IDisposable
{
    private const string Enter = "\x1b[?1049h\x1b[?25l";
    private const string Leave = "\x1b[?1049l\x1b[?25h";

    /// <summary>
    /// Moves to the top left. Each line then erases the rest of its row, and the last one everything below: erasing the whole screen
    /// first would flicker.
    /// </summary>
    private const string Home = "\x1b[H";
    private const string EraseLine = "\x1b[K";
    private const string EraseBelow = "\x1b[J";

    private readonly string _group;
    private string _last = "";

    public WatchScreen(string group)
    {
        _group = group;
        Console.Out.Write(Enter);
    }

    public void Show(WatchedMoment moment)
    {
        string[] lines = Draw(moment, _group, Console.WindowWidth, Console.WindowHeight - 1, HasColours()).Split('\n');
        _last = string.Join('\n', lines);
        Console.Out.Write(Home + string.Join(EraseLine + "\r\n", lines) + EraseLine + EraseBelow);
        Console.Out.Flush();
    }

    public void Dispose()
    {
        Console.Out.Write(Leave);
        Console.Out.WriteLine(_last);
        Console.Out.Flush();
    }

    /// <summary>The screen as text, with at most the given numbers of columns and lines.</summary>
    public static string Draw(WatchedMoment moment, string group, int columns, int lines, bool colours)
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = columns;
        console.Write(Content(moment, group, columns, lines));
        string[] drawn = output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return string.Join('\n', drawn.Take(lines).Select(l => l.TrimEnd()));
    }

    private static Rows Content(WatchedMoment moment, string group, int columns, int lines)
    {
        GroupSurvey survey = moment.Survey;
        int others = 8 + (moment.Verdict.ToString().Length / columns) + survey.Replicas.Count + (survey.FrontEnds.Count > 0 ? survey.FrontEnds.Count + 2 : 0);
        List<IRenderable> rows = [Judgement(moment.Verdict), Head(moment, group), Members(survey), NameServer(survey), Text.Empty, Replicas(survey)];
        if (survey.FrontEnds.Count > 0)
            rows.AddRange([Text.Empty, FrontEnds(survey)]);
        if (survey.History.Count > 0)
            rows.AddRange([Text.Empty, Changes(survey, Math.Clamp(lines - others - 1, 1, 10))]);
        return new Rows(rows);
    }

    /// <summary>It is the one line that is never cut: what is wrong and what to do go on in the next.</summary>
    private static Markup Judgement(Verdict verdict)
    {
        string colour = verdict.Standing switch { Standing.Ok => "green", Standing.Degraded => "olive", _ => "red" };
        return new Markup($"[bold {colour}]{verdict.Word}[/]{Markup.Escape(verdict.ToString()[verdict.Word.Length..])}");
    }

    private static Grid Head(WatchedMoment moment, string group)
    {
        string at = moment.At.LocalDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string text = moment.Survey.View is { } view
            ? $"[bold]{Markup.Escape(group)}[/]  epoch [bold]{view.Epoch}[/]  primary [bold]{view.Primary}[/]  orders/s [bold]{WatchLine.RateOf(moment)}[/]"
            : $"[bold]{Markup.Escape(group)}[/]  no view yet: start its servers and a front end";
        return new Grid { Expand = true }.AddColumn(new GridColumn().PadLeft(0).NoWrap()).AddColumn(new GridColumn().RightAligned().PadRight(0).NoWrap())
            .AddRow(new Markup(text) { Overflow = Overflow.Ellipsis }, new Markup($"{at}  [dim]ctrl-C ends[/]"));
    }

    private static Markup Members(GroupSurvey survey)
    {
        if (survey.View is not { } view)
            return new Markup(" ");
        string needs = view.Members.Count < view.MinReplicas ? $"[olive]fewer than {view.MinReplicas}: nothing commits[/]" : $"orders need {view.MinReplicas}";
        string loss = view.DataLoss > 0 ? $"  [olive]unclean promotions {view.DataLoss}[/]" : "";
        return new Markup($"members {string.Join(' ', view.Members.Select(m => m.Id))}  joining {view.Joining?.Id.Value ?? "nobody"}  {needs}{loss}") { Overflow = Overflow.Ellipsis };
    }

    private static Markup NameServer(GroupSurvey survey)
    {
        string health = Markup.Escape(WatchLine.HealthOf(survey));
        bool isWell = survey.NameServer is { AnsweredMs: not null } && survey.Health == GroupHealth.Healthy;
        return new Markup($"name server {survey.NameServer?.Endpoint}  {(isWell ? health : $"[red]{health}[/]")}") { Overflow = Overflow.Ellipsis };
    }

    private static Table Replicas(GroupSurvey survey)
    {
        Table table = Columns("REPLICA", "ROLE", ">EPOCH", ">INDEX", ">LAG", "SINCE", "ADDRESS");
        foreach (SurveyedReplica replica in survey.Replicas)
        {
            string role = StatusText.RoleOf(survey, replica);
            string shown = replica.Report is null ? $"[red]{role}, silent[/]" : role == "primary" ? $"[green]{role}[/]" : role;
            table.AddRow(
                Markup.Escape(replica.Member.Id.Value), shown, replica.Report?.Adopted.ToString() ?? "-", Number(replica.Report?.Last.Index.Value), Number(survey.LagOf(replica)),
                SinceText(survey.SinceWhen(replica)), replica.Endpoint?.ToString() ?? "not registered");
        }

        return table;
    }

    private static Table FrontEnds(GroupSurvey survey)
    {
        Table table = Columns("FRONT END", "PRIMARY", ">USERS", ">WAITING", ">ORDERS", "ADDRESS");
        foreach (SurveyedFrontEnd frontEnd in survey.FrontEnds)
        {
            table.AddRow(
                frontEnd.Id[..8], frontEnd.Report is not { } report ? "[red]silent[/]" : report.HearsPrimary ? "heard" : "[olive]not heard[/]",
                Number((ulong?)frontEnd.Report?.Users), Number((ulong?)frontEnd.Report?.Waiting), Number((ulong?)frontEnd.Report?.OrdersPlaced), frontEnd.Endpoint.ToString());
        }

        return table;
    }

    private static Table Changes(GroupSurvey survey, int count)
    {
        Table table = Columns("VIEW MADE", ">EPOCH", "CHANGE", "PRIMARY", "MEMBERS", "JOINING");
        foreach ((MadeView made, string change) in ChangeName.OfAll(survey.History).TakeLast(count).Reverse())
        {
            table.AddRow(
                SinceText(made.MadeAt == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(made.MadeAt)), made.View.Epoch.ToString(), change, made.View.Primary.Value,
                string.Join(' ', made.View.Members.Select(m => m.Id)), made.View.Joining?.Id.Value ?? "-");
        }

        return table;
    }

    /// <summary>A column whose name begins with '>' is aligned to the right.</summary>
    private static Table Columns(params string[] names)
    {
        Table table = new Table().NoBorder();
        foreach (string name in names)
        {
            var column = new TableColumn($"[dim]{name.TrimStart('>')}[/]") { Padding = new Padding(0, 0, 2, 0), NoWrap = true };
            table.AddColumn(name[0] == '>' ? column.RightAligned() : column);
        }

        return table;
    }

    private static string Number(ulong? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>The time today, otherwise the day.</summary>
    private static string SinceText(DateTimeOffset? at) =>
        at?.LocalDateTime is not { } local ? "-" : local.ToString(local.Date == DateTime.Today ? "HH:mm:ss" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static bool HasColours() => Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 };
}
