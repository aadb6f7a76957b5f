using Marketing.Core.Access;
using Marketing.Core.Analytics;
using Marketing.Core.Audience;
using Marketing.Core.Broadcasts;
using Marketing.Core.Cohorts;
using Marketing.Core.Cta;
using Marketing.Core.Data;
using Marketing.Core.Delivery;
using Marketing.Core.Telegram;
using Marketing.Core.Telegram.Conversations;
using Marketing.Core.Templates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Telegram.Bot;

namespace Marketing.Core;

public static class MarketingServices
{
    /// <summary>Everything the functions need.</summary>
    /// <exception cref="SettingException">A setting is missing or bad.</exception>
    public static IServiceCollection AddMarketing(this IServiceCollection services, IConfiguration configuration)
    {
        DapperMappings.Register();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(MarketingOptions.From(configuration));
        services.AddSingleton(provider => Database(provider.GetRequiredService<MarketingOptions>()));
        services.AddMetrics().AddSingleton<MarketingTelemetry>();
        services.AddSingleton<ITelegramBotClient>(provider =>
            Bot(provider.GetRequiredService<MarketingOptions>(), provider.GetRequiredService<MarketingTelemetry>()));
        services.AddHostedService<Startup>();

        services.AddSingleton<Migrator>().AddSingleton<AuditLog>();
        services.AddSingleton<TokenRepository>().AddSingleton<TokenService>().AddSingleton<Principals>().AddSingleton<Profiles>().AddSingleton<TelegramLinks>();
        services.AddSingleton<AudienceRepository>().AddSingleton<AudienceImporter>().AddSingleton<AudienceExport>();
        services.AddSingleton<UserRepository>().AddSingleton<UserService>().AddSingleton<SuppressionList>();
        services.AddSingleton<ErasedPeople>().AddSingleton<PersonalData>();
        services.AddSingleton<TemplateRepository>().AddSingleton<TemplateVersionRepository>().AddSingleton<TemplateService>().AddSingleton<TemplatePreviewer>();
        services.AddSingleton<CohortRepository>().AddSingleton<CohortService>().AddSingleton<SavedCohortRepository>();
        services.AddSingleton<BroadcastRepository>().AddSingleton<FourEyes>().AddSingleton<BroadcastService>().AddSingleton<BroadcastSchedule>().AddSingleton<TestSender>();
        services.AddSingleton<PlanRepository>().AddSingleton<DeliveryRepository>().AddSingleton<SettleRepository>().AddSingleton<LedgerRepository>();
        services.AddSingleton<DeliveryWatch>().AddSingleton<Readiness>();
        services.AddSingleton<SendLane>().AddSingleton<BotReplies>().AddSingleton<OutageWatch>().AddSingleton<InFlight>().AddSingleton<TelegramSender>().AddSingleton<BatchSender>();
        services.AddSingleton<LinkTokens>().AddSingleton<CtaKeyboard>().AddSingleton<ClickRepository>().AddSingleton<ClickRetention>();
        services.AddSingleton<ConversionRepository>().AddSingleton<ConversionService>().AddSingleton<ConversionImporter>().AddSingleton<ConversionLinks>();
        services.AddSingleton<StatsRepository>().AddSingleton<SegmentRepository>().AddSingleton<OverviewRepository>().AddSingleton<CounterRepository>().AddSingleton<AnalyticsService>();
        services.AddSingleton<UpdateRepository>().AddSingleton<UpdateHandler>().AddSingleton<PressRepository>().AddSingleton<CtaPressHandler>();
        services.AddSingleton<PeopleRepository>().AddSingleton<UserChat>().AddSingleton<PressAnswers>();
        services.AddSingleton<BotMenus>().AddSingleton<WebhookRegistration>();
        services.AddSingleton<AdminChat>().AddSingleton<ConversationRepository>().AddSingleton<FactsReader>().AddSingleton<ConversationHandler>();
        services.AddSingleton<Confirmation>().AddSingleton<BroadcastCards>().AddSingleton<ControlMessage>().AddSingleton<ProgressMessages>();
        return services;
    }

    // Planning a claim takes longer than running it (1.6 ms against 0.9), so what is run again is prepared. A connection string
    // that says otherwise, for a pooler that cannot keep prepared statements, is obeyed.
    private static NpgsqlDataSource Database(MarketingOptions options)
    {
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        if (!builder.ConnectionStringBuilder.ShouldSerialize("Max Auto Prepare"))
            builder.ConnectionStringBuilder.MaxAutoPrepare = 64;
        // No statement leaves anything behind in its session, so there is nothing to reset.
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        return builder.Build();
    }

    // The delivery engine decides what to do about a 429 for all workers, so the client's own sleep-and-retry is off.
    private static TelegramBotClient Bot(MarketingOptions options, MarketingTelemetry telemetry) => new TelegramBotClient(
        new TelegramBotClientOptions(options.TelegramBotToken, options.TelegramApiBaseUrl) { RetryThreshold = 0 },
        new HttpClient(new RateLimitCounter(telemetry, new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectCallback = TelegramConnection.OpenAsync,
        }))
        {
            Timeout = DeliveryOptions.RequestTimeout,
        });
}
