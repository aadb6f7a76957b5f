using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Telegram.Bot.Exceptions;
using Telegram.Bot.Requests.Abstractions;
using Telegram.Bot.Types;

namespace Telegram.Bot.Requests.Abstractions
{
    public interface IRequest<TResponse>
    {
        HttpMethod HttpMethod { get; }
        string MethodName { get; }
        HttpContent? ToHttpContent();
    }
}

namespace Telegram.Bot
{
    public interface ITelegramBotClient
    {
        bool LocalBotServer { get; }
        long BotId { get; }
        TimeSpan Timeout { get; set; }
        Task<TResponse> SendRequest<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default);
    }

    public class TelegramBotClientOptions
    {
        public TelegramBotClientOptions(string token, string? baseUrl = default)
        {
            ArgumentNullException.ThrowIfNull(token);
            var colon = token.IndexOf(':');
            if (colon is < 1 or > 16 || !long.TryParse(token.AsSpan(0, colon), CultureInfo.InvariantCulture, out var botId))
                throw new ArgumentException("Bot token invalid", nameof(token));
            if (!Uri.TryCreate(baseUrl ?? "https://api.telegram.org", UriKind.Absolute, out var uri) || uri.Authority.Length == 0)
                throw new ArgumentException("Invalid format. A valid base URL should look like \"http://localhost:8081\"", nameof(baseUrl));

            (Token, BaseUrl, BotId) = (token, baseUrl, botId);
            BaseRequestUrl = $"{uri.Scheme}://{uri.Authority}/bot{token}";
        }

        public string Token { get; }
        public string? BaseUrl { get; }
        public long BotId { get; }
        public bool LocalBotServer => BaseUrl is not null;
        public string BaseRequestUrl { get; }
        public int RetryThreshold { get; set; } = 60;
        public int RetryCount { get; set; } = 3;
    }

    public class TelegramBotClient(
        TelegramBotClientOptions options, HttpClient? httpClient = default, CancellationToken cancellationToken = default) : ITelegramBotClient
    {
        private readonly HttpClient http = httpClient
            ?? new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(3) });

        public bool LocalBotServer => options.LocalBotServer;
        public long BotId => options.BotId;
        public TimeSpan Timeout { get => http.Timeout; set => http.Timeout = value; }
        public CancellationToken GlobalCancelToken { get; } = cancellationToken;

        public virtual async Task<TResponse> SendRequest<TResponse>(
            IRequest<TResponse> request, CancellationToken cancellationToken = default)
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(GlobalCancelToken, cancellationToken);
            var ct = linked.Token;
            for (var attempt = 1; ; attempt++)
            {
                using var message = new HttpRequestMessage(request.HttpMethod, $"{options.BaseRequestUrl}/{request.MethodName}");
                message.Content = request.ToHttpContent();
                using var response = await SendOrWrap(message, ct).ConfigureAwait(false);
                var isOk = response.StatusCode == HttpStatusCode.OK;
                var answer = await Read<TResponse>(response, ct).ConfigureAwait(false);
                if (isOk ? !answer.Ok || answer.Result is null : answer.ErrorCode == 0 || answer.Description is null)
                    throw new RequestException("Required properties not found in response", response.StatusCode);
                if (isOk)
                    return answer.Result!;

                var mayWait = answer.ErrorCode == 429 && options.RetryThreshold > 0 && attempt < options.RetryCount;
                if (!mayWait || answer.Parameters?.RetryAfter is not { } seconds || seconds > options.RetryThreshold)
                    throw new ApiRequestException(answer.Description!, answer.ErrorCode, answer.Parameters);
                await Task.Delay(TimeSpan.FromSeconds(seconds), ct).ConfigureAwait(false);
            }
        }

        // The package's wrapping, which callers tell apart: cancelled by the caller passes through, HttpClient's own timeout and
        // every transport failure become a RequestException without a status.
        private async Task<HttpResponseMessage> SendOrWrap(HttpRequestMessage message, CancellationToken ct)
        {
            try
            {
                return await http.SendAsync(message, ct).ConfigureAwait(false);
            }
            catch (TaskCanceledException) when (ct.IsCancellationRequested)
            {
                throw;
            }
            catch (TaskCanceledException timeout)
            {
                throw new RequestException("Bot API Request timed out", timeout);
            }
            catch (Exception failure)
            {
                throw new RequestException($"Bot API Service Failure: {failure.GetType().Name}: {failure.Message}", failure);
            }
        }

        private static async Task<Answer<T>> Read<T>(HttpResponseMessage response, CancellationToken ct)
        {
            try
            {
                var answer = await response.Content.ReadFromJsonAsync<Answer<T>>(JsonBotAPI.Options, ct).ConfigureAwait(false);
                return answer ?? new(default);
            }
            catch (Exception unreadable)
            {
                throw new RequestException("There was an exception during deserialization of the response", response.StatusCode, unreadable);
            }
        }

        private sealed record Answer<T>(
            T? Result, bool Ok = false, string? Description = null, int ErrorCode = 0, ResponseParameters? Parameters = null);
    }
}
