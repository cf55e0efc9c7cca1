using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user products</c>. JSON: an array of products.</summary>
internal sealed class ProductsCommand : AnsweringCommandLine
{
    public Typed<Act> Parse(Terminal terminal) => ParseShop().Select(options => CommandRun.Of(options, terminal, async run =>
        await run.PrintAsync<ProductsAnswer>(
            await run.Shop.ProductsAsync(run.Cancel),
            (text, answer) => ShopText.WriteProducts(text, answer.Products),
            (json, answer) => ShopJson.WriteArray(json, answer.Products, ShopJson.WriteProduct))));
}
