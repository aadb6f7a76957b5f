using Marketing.Functions;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddMarketingFunctions(builder.Configuration);
// host.json's levels are the host's, which takes whatever is logged in a function's run for the function's. These are the worker's own.
builder.Logging.AddFilter(null, LogLevel.Warning).AddFilter("Marketing", LogLevel.Information);
// Tells the host that the worker exports its own telemetry; without an exporter that would lose the worker's logs.
if (TelemetryExport.IsOn(builder.Configuration))
    builder.Services.AddOpenTelemetry().UseFunctionsWorkerDefaults();
// Imports stream; each other function limits its own body. Kestrel's default of 30 MB would cut imports off.
builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
builder.Build().Run();
