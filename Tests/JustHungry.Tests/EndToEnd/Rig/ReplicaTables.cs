using System.Globalization;
using System.Text;
using FluentAssertions;
using Microsoft.Data.Sqlite;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>The replicas' orders.db as anybody with sqlite3 sees them: once nothing happens any more, all say the same.</summary>
internal static class ReplicaTables
{
    private static readonly string[] Compared =
    [
        "select position_index, position_epoch from meta",
        "select number, name, stock, price, retired from products order by number",
        "select hex(id), hex(key_hash), first_name, last_name, phone, postcode, address, sequence from customers order by id",
        "select hex(customer), sequence, hex(request_id), body_hash, hex(answer) from requests order by customer, sequence",
        "select number, hex(customer), order_id, status, delivery, tip, total, placed_at, lines from orders order by number",
    ];

    public static async Task CheckEqualAsync(Cluster cluster, params string[] members)
    {
        GroupStatus status = await cluster.SettledAsync(members);
        ulong commit = status.Find(members[0])!.Commit!.Value;
        foreach (string id in members)
        {
            await Poll.UntilAsync(
                $"the tables of server {id} stand at entry {commit}", () => Read(cluster, id, "select position_index from meta") == $"{commit}|\n");
        }

        foreach (string query in Compared)
        {
            string first = Read(cluster, members[0], query);
            foreach (string id in members.Skip(1))
                (Read(cluster, id, query) == first).Should().BeTrue($"servers {members[0]} and {id} answer '{query}' alike");
        }
    }

    private static string Read(Cluster cluster, string id, string query)
    {
        string file = Path.Combine(cluster.DataDirectory(id), "orders.db");
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = query;
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new StringBuilder();
        while (reader.Read())
        {
            for (int i = 0; i < reader.FieldCount; i++)
                rows.Append(CultureInfo.InvariantCulture, $"{reader.GetValue(i)}|");
            rows.Append('\n');
        }

        return rows.ToString();
    }
}
