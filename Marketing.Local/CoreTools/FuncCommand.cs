namespace Marketing.Local.CoreTools;

/// <summary>
/// ./dev func: the app under the real Functions host, with Azurite for its storage, and the Postgres, the simulator and the
/// settings of ./dev run. Ports: N the host's, N + 1 the simulator's, N + 2 to N + 4 Azurite's.
/// </summary>
internal static class FuncCommand
{
    // The account and key of every emulator: learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan AzuritePatience = TimeSpan.FromSeconds(60);

    // The host's first start downloads its extension bundle's parts and makes the task hub.
    private static readonly TimeSpan HostPatience = TimeSpan.FromMinutes(3);

    public static async Task RunAsync(RunArguments arguments, CancellationToken ct)
    {
        if (Prerequisites.Missing() is { } missing)
            throw new InvalidOperationException(missing);
        var folder = Path.GetFullPath(arguments.Data);
        using var taken = await RunCommand.OpenAsync(arguments with { Data = folder }, ct);
        var settings = LocalSettings.Load(folder, arguments.Port);

        await using var postgres = settings.NeedsPostgres
            ? await RunCommand.StepAsync("Postgres", () => RunCommand.StartPostgresAsync(folder, settings, ct)) : null;
        await using var simulator = settings.NeedsTelegram
            ? await RunCommand.StepAsync("Telegram simulator", () => RunCommand.StartSimulatorAsync(arguments.Port + 1, settings, ct)) : null;
        await using var azurite = await RunCommand.StepAsync("Azurite", () => StartAzuriteAsync(folder, arguments.Port + 2, ct));
        await using var host = await StartHostAsync(arguments.Port, settings, ct);
        var address = new Uri($"http://127.0.0.1:{arguments.Port}");
        if (simulator is not null)
            await RunCommand.SetWebhookAsync(address, settings, ct);

        Console.WriteLine($"Function host ready at {address}");
        Banner.Print(address, settings.OwnerToken, simulator?.Address, hasDemo: false);
        await host.WaitForExitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Console.WriteLine("Stopped.");
    }

    private static async Task<ChildProcess> StartAzuriteAsync(string folder, int port, CancellationToken ct)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "azurite")).FullName;
        var azurite = ChildProcess.Start("Azurite", "node",
        [
            Prerequisites.Azurite()!, "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", data,
            "--blobPort", $"{port}", "--queuePort", $"{port + 1}", "--tablePort", $"{port + 2}",
        ], data, new Dictionary<string, string?>());
        return await ReadyAsync(azurite, token => ChildProcess.ListensAsync(port + 2, token), AzuritePatience, ct);
    }

    private static async Task<ChildProcess> StartHostAsync(int port, LocalSettings settings, CancellationToken ct)
    {
        var environment = new Dictionary<string, string?>(settings.All)
        {
            ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
            ["AzureWebJobsStorage"] = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
                + $"BlobEndpoint=http://127.0.0.1:{port + 2}/{Account};QueueEndpoint=http://127.0.0.1:{port + 3}/{Account};"
                + $"TableEndpoint=http://127.0.0.1:{port + 4}/{Account}",
        };
        var host = ChildProcess.Start(
            "func start", Prerequisites.Func()!, ["start", "--no-build", "--port", $"{port}"], Prerequisites.FunctionsFolder()!, environment);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/"), Timeout = TimeSpan.FromSeconds(5) };
        return await ReadyAsync(host, token => IsAliveAsync(http, token), HostPatience, ct);
    }

    private static async Task<ChildProcess> ReadyAsync(
        ChildProcess process, Func<CancellationToken, Task<bool>> ask, TimeSpan patience, CancellationToken ct)
    {
        try
        {
            await process.AnswersAsync(ask, patience, ct);
            return process;
        }
        catch
        {
            // Whatever stopped the wait: the caller gets no process that it could dispose.
            await process.DisposeAsync();
            throw;
        }
    }

    private static async Task<bool> IsAliveAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync("health", ct);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return false; // not yet
        }
    }
}
