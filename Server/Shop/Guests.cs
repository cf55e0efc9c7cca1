using System.Buffers;
using JustHungry.Protocol.Cores;

namespace JustHungry.Server.Shop;

/// <summary>
/// The customers who have never ordered, by the order of their last updates in the log: strangers may make as many of them as they like, so only
/// some are kept. Each update of a guest's is numbered, and the numbers are part of the state, so every replica forgets the same ones. Customers
/// of versions that did not number them are no guests.
/// </summary>
internal sealed class Guests
{
    /// <summary>The number of a customer who is no guest.</summary>
    public const ulong None = 0;

    /// <summary>How many one entry may forget: two, so that there are fewer with each one if the limit was lowered.</summary>
    private const int ForgottenAtOnceMax = 2;

    private readonly SortedSet<Customer> _byNumber = new(Comparer<Customer>.Create(static (a, b) => a.GuestNumber.CompareTo(b.GuestNumber)));

    public int Count => _byNumber.Count;

    /// <summary>Above all numbers in use. It may have been that of somebody who is no guest any more.</summary>
    public ulong NextNumber => (_byNumber.Max?.GuestNumber ?? None) + 1;

    public void Set(Customer customer, ulong number)
    {
        if (customer.IsGuest)
            _byNumber.Remove(customer);
        customer.GuestNumber = number;
        if (customer.IsGuest)
            Invariant.Check(_byNumber.Add(customer), "a guest's number is nobody else's");
    }

    /// <summary>
    /// Writes the effects that make room for another one. Whoever is forgotten is a stranger from then on, to whom the last answer is remembered: without
    /// it, a late copy of the last update would be taken for a new one.
    /// </summary>
    /// <param name="strangersNext">The next number among strangers' answers.</param>
    public void MakeRoom(int guestsMax, ulong strangersNext, EffectWriter effects)
    {
        foreach (Customer oldest in _byNumber.Take(Math.Clamp(Count + 1 - guestsMax, 0, ForgottenAtOnceMax)))
        {
            ref readonly AnsweredRing.Kept last = ref oldest.Answered[oldest.Answered.Count - 1];
            effects.AddStrangersRefusal(
                strangersNext++, oldest.Key,
                new AnsweredRequest(oldest.User, last.Sequence, last.RequestId, last.BodyHash, new ReadOnlySequence<byte>(last.Answer)));
            effects.ForgetCustomer(oldest.User);
        }
    }

    public void WriteTo(IShopTables tables)
    {
        foreach (Customer customer in _byNumber)
            tables.SetGuest(customer.User, customer.GuestNumber);
    }
}
