using Marketing.Core;
using Marketing.Functions.Admin;
using Marketing.Functions.Delivery;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions;

public static class FunctionServices
{
    /// <summary>What the function classes need, for whichever host runs them.</summary>
    /// <exception cref="SettingException">A setting is missing or bad.</exception>
    public static IServiceCollection AddMarketingFunctions(this IServiceCollection services, IConfiguration configuration) =>
        services.AddMarketing(configuration).AddSingleton<SignInAttempts>().AddSingleton<SignIn>().AddSingleton<AuditTrail>()
            .AddSingleton<AdminRequests>().AddSingleton<DeliveryStarter>()
            .AddMarketingTelemetryExport(configuration);
}
