using System.Globalization;
using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;

namespace Marketing.Functions.Tests.Delivery;

public sealed class TranslationTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private static readonly object[] Buttons =
    [
        new { label = "Open", action = "open", url = "https://example.com/" },
        new { label = "Join", action = "callback", answer = "You are in" },
    ];

    private static readonly Dictionary<string, object> Translations = new()
    {
        ["de"] = new { content = "Hallo {{ first_name }}", cta_buttons = new object[] { new { label = "Öffnen" }, new { label = "Dabei", answer = "Du bist dabei" } } },
        ["pt"] = new { content = "Olá {{ first_name }}" },
        ["pt-BR"] = new { content = "Oi {{ first_name }}", cta_buttons = new object[] { new { }, new { answer = "Você está dentro" } } },
    };

    // The language as imported, and what its person reads: the message, the buttons, and the answer to a press of the second.
    private static readonly (string Language, string Message, string Open, string Join, string Answer)[] Expected =
    [
        ("", "Hi", "Open", "Join", "You are in"),
        ("fr", "Hi", "Open", "Join", "You are in"),
        ("de", "Hallo", "Öffnen", "Dabei", "Du bist dabei"),
        ("de-AT", "Hallo", "Öffnen", "Dabei", "Du bist dabei"),
        ("DE", "Hallo", "Öffnen", "Dabei", "Du bist dabei"),
        ("pt", "Olá", "Open", "Join", "You are in"),
        ("pt-br", "Oi", "Open", "Join", "Você está dentro"),
        ("pt_BR", "Oi", "Open", "Join", "Você está dentro"),
        ("pt-PT", "Olá", "Open", "Join", "You are in"),
    ];

    [Fact]
    public async Task Send_ToPeopleOfManyLanguages_EachGetsTheirsAndTheAnswerInIt()
    {
        var (region, ids) = await PeopleAsync();
        var template = await TemplateAsync();

        await app.SendAsync(await app.BroadcastAsync(new { region }, template.Id()));
        await app.PutAsync($"v1/admin/templates/{template.Id()}", new { name = template.Text("name"), content = "Other" }); // the plan's is frozen

        foreach (var (id, (language, message, open, join, answer)) in ids.Zip(Expected))
        {
            var (received, buttons) = app.TheMessage(id);
            Assert.Equal((language, $"{message} Name{id}"), (language, received.Text));
            Assert.Equal([open, join], buttons.Select(b => b.Text));
            await app.Telegram.PressAsync(id, received.MessageId, buttons[1].CallbackData!, default);
            Assert.Equal(answer, app.Telegram.Messages(id)[1].Text);
            using var click = await app.OpenAsync(buttons[0]);
            Assert.Equal(HttpStatusCode.Redirect, click.StatusCode);
        }
    }

    [Fact]
    public async Task PressAndStats_OfTranslatedButtons_AreTheButtonsOwn()
    {
        var (region, ids) = await PeopleAsync();
        var id = await app.BroadcastAsync(new { region }, (await TemplateAsync()).Id());
        await app.SendAsync(id);
        foreach (var telegramId in ids)
        {
            var (message, buttons) = app.TheMessage(telegramId);
            await app.Telegram.PressAsync(telegramId, message.MessageId, buttons[1].CallbackData!, default);
        }

        var stats = (await app.GetAsync($"v1/admin/broadcasts/{id}/stats")).GetProperty("buttons");

        Assert.Equal(("Open", 0), (stats[0].Text("label"), stats[0].Number("clicks")));
        Assert.Equal(("Join", ids.Length), (stats[1].Text("label"), stats[1].Number("clicks")));
    }

    [Fact]
    public async Task Press_OfAPersonErasedSince_IsNoFault()
    {
        var (region, ids) = await PeopleAsync();
        await app.SendAsync(await app.BroadcastAsync(new { region }, (await TemplateAsync()).Id()));
        var german = app.TheMessage(ids[2]);
        await using (var erase = app.Database.CreateCommand($"DELETE FROM users WHERE telegram_user_id = {ids[2]}"))
            await erase.ExecuteNonQueryAsync();

        var press = await app.Telegram.PressAsync(ids[2], german.Message.MessageId, german.Buttons[1].CallbackData!, default);

        Assert.Equal(200, press.WebhookStatus);
        Assert.Single(app.Telegram.Messages(ids[2]));
    }

    [Fact]
    public async Task Send_MessageOfTheBroadcastsOwn_ReplacesAllLanguages()
    {
        var (region, ids) = await PeopleAsync();
        var template = await TemplateAsync();
        var broadcast = await app.PostAsync("v1/admin/broadcasts", new
        {
            title = "Own", template_id = template.Id(), cohort_query = new { region }, message_template = "Hello {{ first_name }}",
        }, HttpStatusCode.Created);

        await app.SendAsync(broadcast.Id());

        Assert.All(ids, id => Assert.Equal($"Hello Name{id}", app.TheMessage(id).Message.Text));
        Assert.All(ids, id => Assert.Equal(["Open", "Join"], app.TheMessage(id).Buttons.Select(b => b.Text)));
    }

    [Fact]
    public async Task Test_InALanguageOrThePersonsOwn_SendsThose()
    {
        var (region, ids) = await PeopleAsync();
        var id = await app.BroadcastAsync(new { region }, (await TemplateAsync()).Id());
        var path = $"v1/admin/broadcasts/{id}/test";

        await app.PostAsync(path, new { chat_ids = ids[1..3] });
        await app.PostAsync(path, new { chat_ids = ids[1..3], language = "pt-BR" });
        var problem = await app.PostAsync(path, new { chat_ids = ids[1..3], language = "klingon language" }, HttpStatusCode.BadRequest);

        Assert.Equal([$"Hi Name{ids[1]}", $"Oi Name{ids[1]}"], app.Telegram.Messages(ids[1]).Select(m => m.Text));
        Assert.Equal([$"Hallo Name{ids[2]}", $"Oi Name{ids[2]}"], app.Telegram.Messages(ids[2]).Select(m => m.Text));
        Assert.Equal(["Öffnen", "Open"], app.Telegram.Messages(ids[2]).Select(m => ReceivedButton.Of(m)[0].Text));
        Assert.Contains("no language", problem.Error("/language"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TranslationThatBreaksForOnePerson_FailsForThemOnly()
    {
        var (region, ids) = await PeopleAsync();
        var template = await TemplateAsync(new() { ["de"] = new { content = "Hallo{{ if region }}</b>{{ end }}" } }, HttpStatusCode.BadRequest);
        Assert.Contains("closes nothing", template.Error("/translations/de/content"), StringComparison.Ordinal);
        template = await TemplateAsync(new() { ["de"] = new { content = "Hallo{{ if language == \"de-AT\" }}</b>{{ end }}" } });

        var sent = await app.SendAsync(await app.BroadcastAsync(new { region }, template.Id()));

        Assert.Equal((Expected.Length - 1, 1), (sent.GetProperty("stats").Number("sent"), sent.GetProperty("stats").Number("failed")));
        Assert.Empty(app.Telegram.Messages(ids[3]));
        Assert.Equal("Hallo", app.TheMessage(ids[2]).Message.Text);
    }

    private async Task<(string Region, long[] Ids)> PeopleAsync()
    {
        var ids = MarketingApp.NewTelegramIds(Expected.Length);
        var lines = ids.Zip(Expected, (id, e) => string.Create(CultureInfo.InvariantCulture, $"{id},Name{id},R{ids[0]},{e.Language}\n"));
        await app.PostCsvAsync($"telegram_user_id,first_name,region,language\n{string.Concat(lines)}");
        return ($"R{ids[0]}", ids);
    }

    private Task<JsonElement> TemplateAsync(Dictionary<string, object>? translations = null, HttpStatusCode expected = HttpStatusCode.Created) =>
        app.PostAsync("v1/admin/templates", new
        {
            name = $"Template {Guid.CreateVersion7()}", content = "Hi {{ first_name }}", cta_buttons = Buttons, translations = translations ?? Translations,
        }, expected);
}
