using System.Runtime.InteropServices;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>
/// What an update's decision depends on: who asks, the shop's state, the postcode service's verdict and the time; and where its effects go.
/// </summary>
/// <param name="UtcSeconds">Since 1970-01-01, by the primary's clock.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UpdateContext(Asker Asker, ShopTables Tables, EffectWriter Effects, PostcodeVerdict Postcode, long UtcSeconds)
{
    /// <summary>Makes the asker a customer with these details. A stranger's remembered answers become the customer's.</summary>
    public void MakeCustomer(CustomerDetails? details)
    {
        Effects.SetCustomer(Asker.User, Asker.Key, details);
        if (Asker.IsStranger)
            Asker.Answered?.WriteTo(Effects, Asker.User);
    }

    /// <summary>Changes a product, and returns the answer that shows it.</summary>
    public ProductAnswer SetProduct(int number, in Product product, bool retired = false)
    {
        Effects.SetProduct(number, product, retired);
        return new ProductAnswer(product);
    }
}
