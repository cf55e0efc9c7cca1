using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.NameServer.Commands;

/// <summary>A command that asks a running name server: the connection, and what is said when it refuses or does not answer.</summary>
internal static class Question
{
    /// <summary>Runs a command against the name server its options name.</summary>
    public static async Task<int> RunAsync<TOptions>(TOptions options, Func<OperatorClient, TOptions, Task<int>> command)
        where TOptions : CommandOptions
    {
        try
        {
            OperatorClient client = await NameServerClient.ConnectAsync(options.NameServers, options.Caller, OperatorClient.Patience, CancellationToken.None)
                .ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
                return await command(client, options).ConfigureAwait(false);
        }
        catch (NameRefusedException e)
        {
            return options.Answer.Refuse(e.Reason.ToString(), e.Message + ".");
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            return options.Answer.Unavailable(options.Missing(e.Message));
        }
    }

    /// <exception cref="NameRefusedException">The name server refuses.</exception>
    /// <exception cref="ConnectionLostException">No answer came.</exception>
    public static Task<TAnswer> AskAsync<TRequest, TAnswer>(this OperatorClient client, TRequest request)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer> =>
        client.AskAsync(
            request,
            static frame => frame.Type == MessageType.NameRefused ? throw new NameRefusedException(frame.As<NameRefused>()) : frame.As<TAnswer>(),
            CancellationToken.None);
}
