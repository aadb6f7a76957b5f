using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

public class FunctionsApplication
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}

/// <summary>Lets an isolated worker's Program.cs compile; there is no worker here to run it, and the constructor says so.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder
{
    private readonly HostApplicationBuilder host = new();

    internal FunctionsApplicationBuilder(string[]? args) => throw new InvalidOperationException(
        "This build has stand-ins in place of the Azure Functions packages and cannot run as a worker. Run it locally with "
        + "'./dev run', or restore from a feed that has Microsoft.Azure.Functions.Worker, "
        + "Microsoft.Azure.Functions.Worker.Sdk and Microsoft.Azure.Functions.Worker.Extensions.Http, .Http.AspNetCore, "
        + ".Timer and .DurableTask, delete the file .standins and build again.");

    public ConfigurationManager Configuration => host.Configuration;
    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;
    public IHostEnvironment Environment => host.Environment;
    public ILoggingBuilder Logging => host.Logging;
    public IMetricsBuilder Metrics => host.Metrics;
    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)host).Properties;
    public IServiceCollection Services => host.Services;
    public IHost Build() => host.Build();

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => host.ConfigureContainer(factory, configure);
}
