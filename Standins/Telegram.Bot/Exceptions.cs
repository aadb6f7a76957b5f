using System.Net;
using Telegram.Bot.Types;

namespace Telegram.Bot.Exceptions
{
    /// <summary>No answer of the Bot API's: none at all, or one that cannot be read.</summary>
    public class RequestException : Exception
    {
        public RequestException(string message) : base(message) { }
        public RequestException(string message, Exception innerException) : base(message, innerException) { }
        public RequestException(string message, HttpStatusCode httpStatusCode, Exception? innerException = null)
            : base(message, innerException) => HttpStatusCode = httpStatusCode;

        public HttpStatusCode? HttpStatusCode { get; }
    }

    /// <summary>The Bot API's refusal, in its own words.</summary>
    public class ApiRequestException(string message, int errorCode, ResponseParameters? parameters) : RequestException(message)
    {
        public virtual int ErrorCode { get; } = errorCode;
        public ResponseParameters? Parameters { get; } = parameters;
    }
}

namespace Telegram.Bot.Types
{
    public class ResponseParameters
    {
        public long? MigrateToChatId { get; set; }
        public int? RetryAfter { get; set; }
    }
}
