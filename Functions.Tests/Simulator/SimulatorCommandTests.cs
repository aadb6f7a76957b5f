using System.Text.Json;

namespace Marketing.Functions.Tests.Simulator;

public sealed class SimulatorCommandTests
{
    [Theory]
    [InlineData("""{"type":"everywhere"}""", "Unsupported type specified")]
    [InlineData("""{}""", "Can't find field \"type\"")]
    [InlineData("""{"type":"chat"}""", "Can't find field \"chat_id\"")]
    [InlineData("""{"type":"chat_member","chat_id":1}""", "Can't find field \"user_id\"")]
    [InlineData("[]", "BotCommandScope must be an Object")]
    public async Task SetMyCommands_BadScope_IsRefused(string scope, string reason)
    {
        await using var telegram = await SimulatedTelegram.StartAsync();

        var answer = await telegram.PostAsync("/bot1:x/setMyCommands", new { commands = Commands("start"), scope = JsonElement.Parse(scope) });

        Assert.Equal($"Bad Request: can't parse BotCommandScope: {reason}", answer.GetProperty("description").GetString());
    }

    [Fact]
    public async Task SetMyCommands_SeveralScopes_AreKeptApart()
    {
        await using var telegram = await SimulatedTelegram.StartAsync();
        object[] scopes =
        [
            new { type = "default" }, new { type = "all_private_chats" }, new { type = "chat", chat_id = 1 },
            new { type = "chat_member", chat_id = 1, user_id = 1 }, new { type = "chat_member", chat_id = 1, user_id = 2 },
        ];
        for (var i = 0; i < scopes.Length; i++)
            await telegram.PostAsync("/bot1:x/setMyCommands", new { commands = Commands($"c{i}"), scope = scopes[i] });

        for (var i = 0; i < scopes.Length; i++)
        {
            var kept = (await telegram.PostAsync("/bot1:x/getMyCommands", new { scope = scopes[i] })).GetProperty("result");
            Assert.Equal($"c{i}", kept[0].GetProperty("command").GetString());
        }
    }

    private static object[] Commands(string name) => [new { command = name, description = "x" }];
}
