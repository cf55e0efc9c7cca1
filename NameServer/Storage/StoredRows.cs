using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Messages;
using Microsoft.Data.Sqlite;

namespace JustHungry.NameServer.Storage;

/// <summary>Reads the rows of the database and checks each of them: anything wrong with a row means that the file is damaged.</summary>
internal static class StoredRows
{
    /// <summary>The rows of a query, each made by <paramref name="read"/>.</summary>
    /// <exception cref="StorageException">A row can't be read.</exception>
    public static IEnumerable<T> Read<T>(SqliteCommand command, string table, Func<SqliteDataReader, T> read)
    {
        using SqliteDataReader rows = command.ExecuteReader();
        for (long row = 1; rows.Read(); row++)
            yield return ReadRow(rows, table, row, read);
    }

    public static StoredName ToName(SqliteDataReader row)
    {
        var name = new StoredName(row.GetInt64(1), StoredBytes.ReadRegistration(row.GetFieldValue<byte[]>(2)));
        Require(name.Registration.Name == row.GetString(0), $"it holds the name {name.Registration.Name}");
        Require(name.Order >= 0 && Registry.IsValid(name.Registration), "it could not have been registered");
        return name;
    }

    public static StoredView ToView(SqliteDataReader row)
    {
        var kind = (ProposalKind)row.GetInt64(2);
        var view = new StoredView(StoredBytes.ReadId(row.GetFieldValue<byte[]>(3)), kind, StoredBytes.ReadView(row.GetFieldValue<byte[]>(4)), row.GetInt64(5));
        Require(
            view.View.Group == row.GetString(0) && view.View.Epoch.Value == (ulong)row.GetInt64(1) && Enum.IsDefined(kind) && MadeView.IsTime(view.MadeAt),
            $"it holds {view.Kind} of {view.View}");
        return view;
    }

    private static T ReadRow<T>(SqliteDataReader rows, string table, long row, Func<SqliteDataReader, T> read)
    {
        try
        {
            return read(rows);
        }
        catch (Exception e)
        {
            throw new StorageException($"row {row} of the table {table} can't be read: {e.Message}", e);
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new StorageException(otherwise);
    }
}
