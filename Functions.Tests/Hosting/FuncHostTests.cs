using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Marketing.Bench.Chaos;
using Marketing.Functions.Tests.Chaos;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.CoreTools;

namespace Marketing.Functions.Tests.Hosting;

/// <summary>Runs where the real Functions host can, and elsewhere is reported as skipped with what is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FuncFactAttribute : FactAttribute
{
    public FuncFactAttribute() => base.Skip = Prerequisites.Missing();
}

/// <summary>The main job over Azure Functions Core Tools, the real worker, Durable and Azurite.</summary>
[Collection(nameof(Alone))]
public sealed class FuncHostTests
{
    private const int Recipients = 1_000;

    [FuncFact]
    public async Task MainJob_UnderTheFunctionsHost_NumbersAreRight()
    {
        var data = Directory.CreateTempSubdirectory("marketing-func").FullName;
        var port = FreePorts();
        await using var host = LocalProcess.Launch("func", ["func", "--data", data, "--port", $"{port}"], new Dictionary<string, string>
        {
            ["Marketing__OwnerToken"] = MarketingApp.OwnerToken,
        });
        try
        {
            await host.ReadyAsync();
            await DoMainJobAsync(host, port);
        }
        finally
        {
            await host.TerminateAsync(); // in order, so that it stops its Postgres
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task DoMainJobAsync(LocalProcess host, int port)
    {
        using var simulator = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port + 1}") };
        var imported = await ImportAsync(host.Http);
        var template = await host.PostAsync("v1/admin/templates", new
        {
            name = "Main job", category = "tests", content = "Hi <b>{{ first_name }}</b>",
            cta_buttons = new object[] { new { label = "Open", action = "open", url = "https://example.com/" }, new { label = "Join", action = "callback", answer = "You are in" } },
        }, HttpStatusCode.Created);
        var broadcast = (await host.PostAsync("v1/admin/broadcasts", new { title = "Main job", template_id = template.Id(), cohort_query = new { } }, HttpStatusCode.Created)).Id();
        await host.PostAsync($"v1/admin/broadcasts/{broadcast}/send", new { }, HttpStatusCode.Accepted);
        var sent = await MarketingApp.UntilAsync(() => host.GetAsync($"v1/admin/broadcasts/{broadcast}"), b => b.Text("status") != "sending");

        Assert.Equal(Recipients, imported.Number("inserted"));
        Assert.Equal(("sent", Recipients), (sent.Text("status"), sent.GetProperty("stats").Number("sent")));
        var count = JsonElement.Parse(await simulator.GetStringAsync("sim/messages/count"));
        Assert.Equal((Recipients, 0), (count.Number("total"), count.Number("duplicates")));

        var message = JsonElement.Parse(await simulator.GetStringAsync("sim/messages?chat_id=5000001&limit=1"))[0];
        using var press = await simulator.PostAsJsonAsync("sim/press", new { chat_id = 5_000_001, message_id = message.Number("message_id"), row = 1, col = 0 });
        Assert.Equal(HttpStatusCode.OK, press.StatusCode);
        Assert.Equal(1, (await host.GetAsync($"v1/admin/broadcasts/{broadcast}/stats")).Number("clicks"));
        Assert.True((await host.GetAsync("health/ready")).GetProperty("ready").GetBoolean());
    }

    private static async Task<JsonElement> ImportAsync(HttpClient http)
    {
        var csv = new StringBuilder("telegram_user_id,first_name\n");
        for (var i = 0; i < Recipients; i++)
            csv.Append(CultureInfo.InvariantCulture, $"{5_000_000 + i},Name{i}\n");
        using var content = new StringContent(csv.ToString(), Encoding.UTF8, "text/csv");
        return await MarketingApp.ReadAsync(await http.PostAsync("v1/admin/audience/import", content), HttpStatusCode.OK);
    }

    // Five in a row, below those that the system gives to outgoing connections.
    private static int FreePorts()
    {
        while (true)
        {
            var first = Random.Shared.Next(15_000, 30_000);
            if (Enumerable.Range(first, 5).All(IsFree))
                return first;
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false; // taken
        }
    }
}
