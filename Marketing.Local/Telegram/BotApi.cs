using Microsoft.AspNetCore.Http;

namespace Marketing.Local.Telegram;

/// <summary>The Bot API over HTTP: <c>/bot{token}/{method}</c>, weather included.</summary>
internal sealed class BotApi(SimulatorState state)
{
    private readonly BotMessages messages = new(state);
    private readonly BotSetup setup = new(state);

    public async Task HandleAsync(HttpContext http, string path)
    {
        var fault = state.Traffic.NextFault();
        var settings = state.Traffic.Settings;
        using var answer = JsonBuffer.Rent();
        var status = fault.Kind == FaultKind.ServerError ? answer.Refuse(new(502, "Bad Gateway")) : 0;
        if (status == 0)
        {
            if (settings.LatencyMs > 0)
                await PauseAsync(settings.LatencyMs, http);
            if (fault is { Kind: FaultKind.Hang, DeliversFirst: false })
                await PauseAsync(settings.HangMs, http);
            if (fault.Kind != FaultKind.Reset || fault.DeliversFirst)
                status = await CallAsync(http.Request, path, answer, http.RequestAborted);
            if (fault is { Kind: FaultKind.Hang, DeliversFirst: true })
                await PauseAsync(settings.HangMs, http);
            if (fault.Kind == FaultKind.Reset)
            {
                http.Abort();
                return;
            }
        }

        await answer.SendAsync(http.Response, status, http.RequestAborted);
    }

    private async Task PauseAsync(int milliseconds, HttpContext http)
    {
        using var held = state.Traffic.Hold();
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), state.Time, http.RequestAborted);
    }

    private async ValueTask<int> CallAsync(HttpRequest request, string path, JsonBuffer answer, CancellationToken ct)
    {
        try
        {
            // "/bot" + token + "/" + method
            var slash = path.IndexOf('/', 4);
            if (slash < 0)
                throw new BotApiException(404, "Not Found");
            var bot = state.Bots.Authorize(path.AsSpan(4, slash - 4));
            using var parameters = await BotParameters.ReadAsync(request, ct);
            answer.Json.WriteStartObject();
            answer.Json.WriteBoolean("ok"u8, true);
            answer.Json.WritePropertyName("result"u8);
            Call(path[(slash + 1)..].ToLowerInvariant(), bot, parameters, answer);
            answer.Json.WriteEndObject();
            return 200;
        }
        catch (BotApiException refusal)
        {
            return answer.Refuse(refusal);
        }
    }

    private void Call(string method, BotAccount bot, BotParameters parameters, JsonBuffer answer)
    {
        var json = answer.Json;
        switch (method)
        {
            case "sendmessage": messages.SendMessage(bot, parameters, json); break;
            case "sendphoto": messages.SendPhoto(bot, parameters, json); break;
            case "copymessage": messages.CopyMessage(bot, parameters, json); break;
            case "editmessagetext": messages.EditMessageText(bot, parameters, json); break;
            case "editmessagereplymarkup": messages.EditMessageReplyMarkup(bot, parameters, json); break;
            case "deletemessage": messages.DeleteMessage(parameters, json); break;
            case "deletemessages": messages.DeleteMessages(parameters, json); break;
            case "answercallbackquery": setup.AnswerCallbackQuery(parameters, json); break;
            case "getme": BotSetup.GetMe(bot, json); break;
            case "setwebhook": BotSetup.SetWebhook(bot, parameters, json); break;
            case "deletewebhook": BotSetup.DeleteWebhook(bot, parameters, json); break;
            case "getwebhookinfo": BotSetup.GetWebhookInfo(bot, json); break;
            case "setmycommands":
                BotSetup.SetMyCommands(bot, parameters, json);
                state.Changes.Add(ChangeLog.EveryChat);
                break;
            case "getmycommands": BotSetup.GetMyCommands(bot, parameters, json); break;
            default: throw new BotApiException(404, "Not Found: method not found");
        }
    }
}
