using System.Text.Json;

namespace JustHungry.Demo;

/// <summary>A shop with three servers, one user, and a primary that is killed while the user's cart is open.</summary>
internal static class Story
{
    private static readonly string[] Offline = ["--postcodes", "offline"];

    public static async Task TellAsync(Stage stage)
    {
        stage.Say("A name server, three servers and a front end start, each a process of its own");
        stage.UseNameServer(await stage.StartAsync("nameserver", "nameserver", "--listen", "127.0.0.1:0"));
        foreach (string id in new[] { "1", "2", "3" })
            await stage.StartAsync($"server {id}", "server", [id, .. Offline]);
        await stage.StartAsync("frontend", "frontend");
        await stage.RunAsync("frontend", "status");

        string killed = await OrderWhileThePrimaryDiesAsync(stage);
        stage.Say("Her order went through. The front end had promoted another server");
        foreach (string line in stage.LogOf("frontend").Split('\n').Where(l => l.Contains(" lost ") || l.Contains(" promoted ")).TakeLast(2))
            stage.Show(line.Trim());
        await stage.RunAsync("frontend", "status");

        stage.Say("The next order, as a command, with two servers left");
        await stage.RunAsync("user", "order", "--item", "kale=2", "--delivery", "next-day");

        stage.Say($"Server {killed} comes back with its disk, catches up, and is a member again");
        await stage.StartAsync($"server {killed}", "server", [killed, .. Offline]);
        await stage.UntilAsync($"server {killed} is a member", async () => IsMember(await StatusAsync(stage), killed));
        await stage.RunAsync("frontend", "status");

        stage.Say("She cancels order 2; its bananas are for sale again");
        await stage.RunAsync("user", "cancel", "2");
        await stage.RunAsync("user", "products");

        stage.Say("Her history: three orders, none lost, none doubled");
        await stage.RunAsync("user", "orders");
        await CheckHistoryAsync(stage);

        stage.Say("Everything stops");
        await stage.StopAllAsync();
        stage.Show("no process and no file is left");
    }

    /// <summary>The user's session is the real CLI with its menus. Each question has what Ada types beside it.</summary>
    /// <returns>The id of the server that was killed.</returns>
    private static async Task<string> OrderWhileThePrimaryDiesAsync(Stage stage)
    {
        stage.Say("Ada orders in the menus ('user')");
        Session ada = stage.Open("the session", "user");
        await ada.AnswerAsync(
            ("> ", "order"),
            ("First name: ", "Ada"),
            ("Last name: ", "King"),
            ("Phone number: ", "020-7946-0000"),
            ("Postcode: ", "SW1A 1AA"),
            ("Address: ", "12 St James's Square"),
            ("ordering): ", "apple"),
            ("apple: ", "2"),
            ("ordering): ", "bread"),
            ("bread: ", "1"),
            ("ordering): ", "done"),
            ("(yes/no): ", "yes"),
            ("> ", "same-day"),
            ("(yes/no): ", "yes"),
            ("pounds: ", "1.50"));

        await ada.SeeAsync("> ");
        stage.Say("Order 1 is on the disks of all three servers. She begins another…");
        await ada.AnswerAsync(("> ", "order"), ("(yes/no): ", "yes"), ("ordering): ", "banana"), ("banana: ", "3"));
        await ada.SeeAsync("ordering): ");

        string primary = (await StatusAsync(stage)).GetProperty("view").GetProperty("primary").GetString()!;
        stage.Say($"…and while her cart is open, the primary, server {primary}, is killed (kill -9)");
        await stage.KillAsync($"server {primary}");

        await ada.AnswerAsync(("ordering): ", "done"), ("(yes/no): ", "yes"), ("> ", "2-hours"), ("(yes/no): ", "no"), ("> ", "quit"));
        await ada.EndAsync();
        return primary;
    }

    private static async Task CheckHistoryAsync(Stage stage)
    {
        JsonElement orders = await stage.AskAsync("user", "orders", "--json");
        string history = string.Join(", ", orders.EnumerateArray().Select(o => $"{o.GetProperty("orderId").GetInt32()} {o.GetProperty("status").GetString()}"));
        if (history != "1 Active, 2 Cancelled, 3 Active")
            throw new DemoException($"the history is not what it should be: {history}");
    }

    private static Task<JsonElement> StatusAsync(Stage stage) => stage.AskAsync("frontend", "status", "--json");

    private static bool IsMember(JsonElement status, string id) => status.GetProperty("replicas").EnumerateArray().Any(
        r => r.GetProperty("id").GetString() == id && r.GetProperty("role").GetString() == "backup" && r.GetProperty("initialised").GetBoolean());
}
