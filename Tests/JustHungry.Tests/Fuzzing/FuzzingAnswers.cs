using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;
using NUnit.Framework;

namespace JustHungry.Tests.Fuzzing;

/// <summary>What a front end that lies can make the CLI print: an answer is malformed, or can be shown.</summary>
internal sealed class FuzzingAnswers
{
    private static readonly Order AnOrder = new(
        3, OrderStatus.Active, Delivery.SameDay, new Pence(50), new Pence(1_850), [new OrderLine("Pizza", 2, new Pence(800)), new OrderLine("Cola", 1, new Pence(100))],
        1_700_000_000);

    private static readonly Answer[] Answers =
    [
        new DetailsAnswer(new CustomerDetails("Ann", "Lee", "07-1", "YO1 1AA", "1 High St")), new OrderAnswer(AnOrder),
        new ProductsAnswer([new Product("Pizza", 4, new Pence(800))]), new CostAnswer(AnOrder.Lines, new Pence(1_700)), new OrdersAnswer([AnOrder, AnOrder], true),
        new ProductAnswer(new Product("Pizza", 4, new Pence(800))),
        new ShopOrdersAnswer([new ShopOrder(new OrderNumber(9), new UserId(5), new CustomerDetails("A", "B", "1", "C", "D"), AnOrder)], false),
        new ShopReportAnswer(new OrderNumber(9), true, 1, 2, 3, new Pence(5), new Pence(6), new Pence(7), [new ProductSales("Pizza", 4, new Pence(9))]),
        new RefusalAnswer(AnswerCode.LowStock, Product: "Pizza", Left: 3), new RefusalAnswer(AnswerCode.PriceChanged, Total: new Pence(3)),
        new RefusalAnswer(AnswerCode.InvalidDetails, Field: "phone"),
    ];

    [Test]
    public void An_answer_is_malformed_or_can_be_shown() => FuzzRun.Repeat(static random =>
    {
        for (int i = 0; i < 200; i++)
        {
            Answer answer;
            try
            {
                answer = Answer.Read(new ReadOnlySequence<byte>(Mutator.Mutate(random, Answers[random.Next(Answers.Length)].ToBytes())));
            }
            catch (ProtocolViolationException)
            {
                continue;
            }

            Show(answer);
        }
    });

    private static void Show(Answer answer)
    {
        TextWriter output = TextWriter.Null;
        switch (answer)
        {
            case DetailsAnswer details:
                ShopText.WriteDetails(output, details.Details);
                break;
            case OrderAnswer order:
                ShopText.WriteReceipt(output, order.Order);
                ShopJson.WriteLine(output, json => ShopJson.WriteOrder(json, order.Order));
                break;
            case ProductsAnswer products:
                ShopText.WriteProducts(output, products.Products);
                ShopJson.WriteLine(output, json => ShopJson.WriteArray(json, products.Products, ShopJson.WriteProduct));
                break;
            case CostAnswer cost:
                ShopText.WriteCost(output, cost.Lines, cost.Total);
                ShopJson.WriteLine(output, json => ShopJson.WriteCost(json, cost));
                break;
            case OrdersAnswer orders:
                ShopText.WriteOrders(output, orders.Orders);
                ShopJson.WriteLine(output, json => ShopJson.WriteArray(json, orders.Orders, ShopJson.WriteOrder));
                break;
            case ShopOrdersAnswer orders:
                OwnerText.WriteTickets(output, orders.Orders, DateTimeOffset.UnixEpoch);
                ShopJson.WriteLine(output, json => ShopJson.WriteArray(json, orders.Orders, OwnerJson.WriteShopOrder));
                break;
            case ShopReportAnswer report:
                OwnerText.WriteReport(output, report, null, 10);
                ShopJson.WriteLine(output, json => OwnerJson.WriteReport(json, report, null, 10));
                break;
            case RefusalAnswer refusal:
                ShopJson.WriteLine(output, json => ShopJson.WriteRefusal(json, refusal, refusal.Message()));
                break;
        }
    }
}
