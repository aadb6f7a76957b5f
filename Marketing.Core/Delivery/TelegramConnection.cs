using System.Net.Sockets;

namespace Marketing.Core.Delivery;

/// <summary>Connects to Telegram. A connection that does not come about in time fails as one that was refused: nothing was sent.</summary>
internal static class TelegramConnection
{
    // Well under RequestTimeout (30 s), whose end looks the same whether the request was written or not.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
