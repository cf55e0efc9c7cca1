using System.Text;
using FluentAssertions;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Hosting;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

internal sealed class CatalogueFileTests
{
    [Test]
    public void A_catalogue_is_read_in_its_order()
    {
        Parse("""
            [
              {"name": "pie", "stock": 3, "price": 450},
              {"price": 0, "name": "crème brûlée", "stock": 0}
            ]
            """).Should().Equal(new Product("pie", 3, new Pence(450)), new Product("crème brûlée", 0, Pence.Zero));
    }

    [Test]
    public void A_byte_order_mark_is_no_error() =>
        Parse("\uFEFF[{\"name\":\"pie\",\"stock\":3,\"price\":450}]").Should().ContainSingle();

    [TestCase("", "line 1: ")]
    [TestCase("[", "line 1: ")]
    [TestCase("[]", "line 1: a catalogue has at least one product.")]
    [TestCase("{}", "line 1: a catalogue is an array of products.")]
    [TestCase("[\n{\"name\":\"pie\",\"stock\":3,\"price\":450}\n] x", "line 3: ")]
    [TestCase("[\n\n7]", "line 3: a product is {\"name\"")]
    [TestCase("[{\"name\":\"pie\",\n\"stock\":3}]", "line 1: name, stock or price is missing")]
    [TestCase("[{\"name\":\"pie\",\n\"stock\":3,\n\"price\":4.50}]", "line 3: 'price' was not expected here, or not with this value")]
    [TestCase("[{\"name\":\"pie\",\"stock\":\"3\",\"price\":450}]", "line 1: 'stock' was not expected")]
    [TestCase("[{\"name\":7,\"stock\":3,\"price\":450}]", "line 1: 'name' was not expected")]
    [TestCase("[{\"name\":\"pie\",\"name\":\"tart\",\"stock\":3,\"price\":450}]", "line 1: 'name' was not expected")]
    [TestCase("[{\"name\":\"pie\",\"stock\":3,\"price\":450,\n\"vegan\":{\"a\":[]}}]", "line 2: 'vegan' was not expected")]
    [TestCase("[{\"name\":\"pie\",\"stock\":99999999999,\"price\":450}]", "line 1: 'stock' was not expected")]
    [TestCase("[{\"name\":\"pie\",\"stock\":-1,\"price\":450}]", "line 1: the product 'pie' has a stock that is not 0 to 1000000000.")]
    [TestCase("[{\"name\":\"pie\",\"stock\":1,\"price\":450},\n{\"name\":\"tart\",\"stock\":1,\"price\":-1}]", "line 2: the product 'tart' has a price")]
    [TestCase("[{\"name\":\" pie\",\"stock\":1,\"price\":450}]", "line 1: the product ' pie' has a name that")]
    [TestCase("[{\"name\":\"\",\"stock\":1,\"price\":450}]", "line 1: the product '' has a name that")]
    [TestCase("[{\"name\":\"pie\",\"stock\":1,\"price\":4},\n{\"name\":\"pie\",\"stock\":1,\"price\":4}]", "line 2: the product 'pie' stands in the catalogue twice.")]
    [TestCase("[{\"name\":\"\\uD800\",\"stock\":1,\"price\":450}]", "line 1: this text is not valid UTF-8.")]
    public void An_error_names_its_line(string json, string message) =>
        FluentActions.Invoking(() => Parse(json)).Should().Throw<CatalogueException>().Which.Message.Should().StartWith(message);

    [TestCase("[{\"name\":\"pie\",\"stock\":3,\n\"price\":4.50}]", "; for £4.50 write 450.")]
    [TestCase("[{\"name\":\"pie\",\"stock\":\"3\",\"price\":450}]", "; write 3 without quotes.")]
    public void An_error_says_what_to_write(string json, string hint) =>
        FluentActions.Invoking(() => Parse(json)).Should().Throw<CatalogueException>().Which.Message.Should().EndWith(hint);

    [Test]
    public void A_catalogue_has_at_most_1000_products()
    {
        static string Json(int products) => "[" + string.Join(",\n", Enumerable.Range(0, products).Select(i => $$"""{"name":"p{{i}}","stock":1,"price":1}""")) + "]";

        Parse(Json(1_000)).Should().HaveCount(1_000);
        FluentActions.Invoking(() => Parse(Json(1_001))).Should().Throw<CatalogueException>().WithMessage("line 1001: *at most 1000 products*");
    }

    [Test]
    public void An_unreadable_file_is_named()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        FluentActions.Invoking(() => CatalogueFile.Load(path)).Should().Throw<CatalogueException>().Which.Message.Should().StartWith(path);
    }

    [Test]
    public void An_error_in_a_file_names_file_and_line()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "[\n7]");

            FluentActions.Invoking(() => CatalogueFile.Load(path)).Should().Throw<CatalogueException>().Which.Message.Should().StartWith(path + ", line 2: ");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static IReadOnlyList<Product> Parse(string json) => CatalogueFile.Parse(Encoding.UTF8.GetBytes(json));
}
