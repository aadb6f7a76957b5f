using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Marketing.Core.Telegram;
using Marketing.Functions;
using Marketing.Local.Demo;
using Marketing.Local.Hosting;
using Marketing.Local.Postgres;
using Marketing.Local.Telegram;

namespace Marketing.Local;

/// <summary>Everything on one machine: Postgres, the Telegram simulator, the function host, demo data; stopped in reverse.</summary>
internal static class RunCommand
{
    public static async Task RunAsync(RunArguments arguments, CancellationToken ct)
    {
        var folder = Path.GetFullPath(arguments.Data);
        using var taken = await OpenAsync(arguments with { Data = folder }, ct);
        var settings = LocalSettings.Load(folder, arguments.Port);
        var isOurs = settings is { NeedsPostgres: true, NeedsTelegram: true };

        try
        {
            await using var postgres = settings.NeedsPostgres
                ? await StepAsync("Postgres", () => StartPostgresAsync(folder, settings, ct)) : null;
            await using var simulator = settings.NeedsTelegram
                ? await StepAsync("Telegram simulator", () => StartSimulatorAsync(arguments.Port + 1, settings, ct)) : null;
            await using var host = await StepAsync("Function host", () => StartHostAsync(arguments.Port, settings.All, ct));
            if (simulator is not null)
                await SetWebhookAsync(host.Address, settings, ct);
            if (isOurs && simulator is not null)
                await SetUpDemoAsync(host.Address, settings.OwnerToken, simulator, ct);

            Banner.Print(host.Address, settings.OwnerToken, simulator?.Address, isOurs);
            await Task.Delay(Timeout.Infinite, ct);
        }
        catch (Exception e) when (ct.IsCancellationRequested && (e is OperationCanceledException or InvalidOperationException))
        {
            // Ctrl-C reaches a program that is being waited for as well, and then that program fails.
            Console.WriteLine("Stopped.");
        }
    }

    /// <summary>The data folder for this run alone, emptied where that was asked for, and a port that is free.</summary>
    public static async Task<IDisposable> OpenAsync(RunArguments arguments, CancellationToken ct)
    {
        RefuseTakenPort(arguments.Port);
        Directory.CreateDirectory(arguments.Data);
        var taken = Take(arguments.Data);
        if (arguments.Fresh)
            await StartOverAsync(arguments.Data, ct);
        return taken;
    }

    public static async Task<PostgresServer> StartPostgresAsync(string folder, LocalSettings settings, CancellationToken ct)
    {
        var server = await PostgresServer.StartAsync(Path.Combine(folder, "postgres"), durable: true, ct);
        try
        {
            settings.UseDatabase(await server.CreateDatabaseAsync("marketing", ct));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public static async Task<TelegramSimulator> StartSimulatorAsync(int port, LocalSettings settings, CancellationToken ct)
    {
        RefuseTakenPort(port);
        var simulator = await TelegramSimulator.StartAsync(new TelegramSimulatorOptions { Port = port }, ct);
        settings.UseSimulator(simulator.Address);
        return simulator;
    }

    /// <exception cref="Marketing.Core.SettingException">A setting is missing or bad.</exception>
    public static Task<FunctionHost> StartHostAsync(int port, IReadOnlyDictionary<string, string?> settings, CancellationToken ct) =>
        FunctionHost.StartAsync(new FunctionHostOptions
        {
            Assembly = typeof(FunctionServices).Assembly,
            Settings = settings,
            ConfigureServices = (services, configuration) => services.AddMarketingFunctions(configuration),
            Port = port,
        }, ct);

    /// <summary>Has the simulator post its updates to the host, and the menus set, as an operator does.</summary>
    /// <exception cref="InvalidOperationException">The host refused.</exception>
    public static async Task SetWebhookAsync(Uri host, LocalSettings settings, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = host };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.OwnerToken);
        using var response = await http.PostAsJsonAsync(
            "api/v1/admin/telegram/webhook", new { url = new Uri(host, WebhookRegistration.Path) }, ct);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"the webhook was not registered: {await response.Content.ReadAsStringAsync(ct)}");
    }

    private static async Task SetUpDemoAsync(Uri host, string ownerToken, TelegramSimulator simulator, CancellationToken ct)
    {
        using var api = new DemoApi(host, ownerToken);
        DemoAudience.Introduce(simulator);
        await new DemoData(api, simulator).SeedAsync(ct);
        await DemoAdmin.LinkAsync(api, simulator, ct);
    }

    // The system lets go of the lock when the process ends, however it ends.
    private static FileStream Take(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new InvalidOperationException($"{folder} is in use by another ./dev run.", e);
        }
    }

    private static async Task StartOverAsync(string folder, CancellationToken ct)
    {
        var data = Path.Combine(folder, "postgres");
        if (File.Exists(Path.Combine(data, "postmaster.pid")))
            await (await PostgresServer.StartAsync(data, durable: true, ct)).DisposeAsync();
        if (Directory.Exists(data))
            Directory.Delete(data, recursive: true);
        File.Delete(LocalSettings.SecretsFile(folder));
        Console.WriteLine($"  Deleted the data in {folder}");
    }

    private static void RefuseTakenPort(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            throw new InvalidOperationException($"port {port} is taken; is another ./dev run going? Choose another with --port N.");
        }
    }

    public static async Task<T> StepAsync<T>(string name, Func<Task<T>> start)
    {
        Console.Write($"  {name} ... ");
        var watch = Stopwatch.StartNew();
        try
        {
            var started = await start();
            Console.WriteLine($"ready ({watch.Elapsed.TotalSeconds:0.0} s)");
            return started;
        }
        catch
        {
            Console.WriteLine("failed");
            throw;
        }
    }
}
