using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>Changes the table guests, and takes a customer who is forgotten out of all tables.</summary>
internal sealed class GuestRows
{
    private readonly CheckpointMeta _meta;
    private readonly SqliteStatement _old, _set, _remove, _answers, _removeAnswers, _removeCustomer;
    private readonly RowSeal _seal = new();

    public GuestRows(SqliteDatabase database, CheckpointMeta meta)
    {
        _meta = meta;
        _old = database.Prepare("select seal from guests where customer = ?1");
        _set = database.Prepare("insert or replace into guests(customer, number, seal) values(?1, ?2, ?3)");
        _remove = database.Prepare("delete from guests where customer = ?1");
        _answers = database.Prepare("select seal from requests where customer = ?1");
        _removeAnswers = database.Prepare("delete from requests where customer = ?1");
        _removeCustomer = database.Prepare("delete from customers where id = ?1");
    }

    public void Set(UserId user, ulong number)
    {
        CountOut(_old, user);
        if (number == Guests.None)
        {
            _remove.BindId(1, user.Value).Run();
            return;
        }

        uint seal = _seal.Guest(user, number);
        _meta.Count(seal);
        _set.BindId(1, user.Value).Bind(2, number).Bind(3, (long)seal).Run();
    }

    /// <summary>The seal of the customer's own row is counted out already.</summary>
    public void Forget(UserId user)
    {
        Set(user, Guests.None);
        CountOut(_answers, user);
        _removeAnswers.BindId(1, user.Value).Run();
        _removeCustomer.BindId(1, user.Value).Run();
    }

    /// <summary>The rows that it selects will be gone.</summary>
    private void CountOut(SqliteStatement seals, UserId user)
    {
        seals.BindId(1, user.Value);
        while (seals.Step())
            _meta.Count((uint)seals.Integer(0), 0);
    }
}
