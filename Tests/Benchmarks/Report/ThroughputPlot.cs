using System.Globalization;
using System.Security;
using System.Text;

namespace JustHungry.Benchmarks.Report;

/// <summary>
/// Throughput over the number of users, as an SVG. The users' axis is logarithmic, since each step doubles or quadruples them.
/// </summary>
internal static class ThroughputPlot
{
    private const int Width = 640, Height = 360, Left = 76, Right = 24, Top = 44, Bottom = 52;

    public static string Draw(string title, IReadOnlyList<Figures> figures)
    {
        double usersMax = figures.Max(f => f.Users);
        double perSecondMax = RoundUp(figures.Max(f => f.PerSecond));
        double X(double users) => Left + ((Width - Left - Right) * (usersMax <= 1 ? 0 : Math.Log(users) / Math.Log(usersMax)));
        double Y(double perSecond) => Height - Bottom - ((Height - Top - Bottom) * perSecond / perSecondMax);

        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect width="{Width}" height="{Height}" fill="white"/><text x="{Left}" y="24" font-size="15">{SecurityElement.Escape(title)}</text>""");
        const int Lines = 5;
        for (int i = 0; i <= Lines; i++)
        {
            double perSecond = perSecondMax * i / Lines;
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(perSecond):F1}" y2="{Y(perSecond):F1}" stroke="#ddd"/><text x="{Left - 8}" y="{Y(perSecond) + 4:F1}" text-anchor="end">{perSecond:N0}</text>""");
        }

        svg.AppendLine(CultureInfo.InvariantCulture, $"""<polyline fill="none" stroke="#2266aa" stroke-width="2" points="{string.Join(' ', figures.Select(f => string.Create(CultureInfo.InvariantCulture, $"{X(f.Users):F1},{Y(f.PerSecond):F1}")))}"/>""");
        foreach (Figures f in figures)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<circle cx="{X(f.Users):F1}" cy="{Y(f.PerSecond):F1}" r="4" fill="#2266aa"><title>{f}</title></circle><text x="{X(f.Users):F1}" y="{Height - Bottom + 18}" text-anchor="middle">{f.Users}</text>""");
        }

        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{(Left + Width - Right) / 2}" y="{Height - 12}" text-anchor="middle">users</text><text x="{Left}" y="{Top - 6}">{figures[0].What} a second</text>""");
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    /// <summary>Rounds up to 1, 2 or 5 times a power of ten.</summary>
    private static double RoundUp(double value)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(1, value))));
        return new[] { 1.0, 2, 5, 10 }.Select(m => m * power).First(v => v >= value);
    }
}
