using System.ComponentModel;
using System.Reflection;
using Marketing.Local.Durable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Local.Hosting;

/// <summary>What one call of a function is given; <paramref name="Trigger"/> is the request, the timer, the orchestration
/// context or an activity's serialized input.</summary>
internal sealed record Invocation(
    IServiceProvider Services,
    DurableTaskClient Durable,
    object? Trigger,
    RouteValueDictionary? RouteValues,
    CancellationToken Cancelled);

/// <summary>A method with [Function], bound once at start so that what cannot be bound is known before the first call.</summary>
internal sealed class FunctionMethod
{
    private readonly MethodInfo method;
    private readonly ParameterInfo trigger;
    private readonly ObjectFactory? create;
    private readonly PropertyInfo? taskResult;
    private readonly HashSet<string> routeParameters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<Invocation, object?>[] arguments;

    private FunctionMethod(MethodInfo method, string name)
    {
        this.method = method;
        Name = name;
        // Read once: reflection fills its cache without a lock, so that a second reading may give other objects.
        var parameters = method.GetParameters();
        var triggers = parameters.Where(p => p.GetCustomAttribute<TriggerBindingAttribute>() is not null).ToList();
        if (triggers is not [var trigger])
            throw Refuse("has to have exactly one trigger parameter");
        this.trigger = trigger;
        Trigger = trigger.GetCustomAttribute<TriggerBindingAttribute>()!;
        if (Trigger is HttpTriggerAttribute http)
        {
            Route = "/api/" + (http.Route ?? name).TrimStart('/');
            routeParameters.UnionWith(RoutePatternFactory.Parse(Route).Parameters.Select(p => p.Name));
        }

        var returns = method.ReturnType;
        if (returns.IsGenericType && returns.GetGenericTypeDefinition() == typeof(Task<>))
        {
            taskResult = returns.GetProperty(nameof(Task<>.Result));
            returns = taskResult!.PropertyType;
        }

        if (Trigger is HttpTriggerAttribute && returns != typeof(Task) && !returns.IsAssignableTo(typeof(IResult)))
            throw Refuse($"returns {method.ReturnType}; the local host takes Task<IResult>, IResult or Task from an HTTP function");
        if (returns.Name.StartsWith(nameof(ValueTask), StringComparison.Ordinal) || (returns == typeof(void) && IsAsync(method)))
            throw Refuse($"returns {method.ReturnType}; return a Task");
        create = method.IsStatic ? null : ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
        arguments = Array.ConvertAll(parameters, Bind);
    }

    public string Name { get; }

    public TriggerBindingAttribute Trigger { get; }

    public string Route { get; } = "";

    public static IReadOnlyDictionary<string, FunctionMethod> ReadAll(Assembly assembly)
    {
        const BindingFlags declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var functions = new Dictionary<string, FunctionMethod>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in assembly.GetTypes().SelectMany(type => type.GetMethods(declared)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } attribute)
                continue;
            var function = new FunctionMethod(method, attribute.Name);
            if (!functions.TryAdd(function.Name, function))
                throw function.Refuse($"is a second function named {function.Name}");
        }

        return functions;
    }

    /// <summary>Calls the function on a new instance made from the invocation's services; the result is what its task held.</summary>
    public async Task<object?> InvokeAsync(Invocation invocation)
    {
        var values = Array.ConvertAll(arguments, argument => argument(invocation));
        var instance = create?.Invoke(invocation.Services, []);
        var returned = method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, values, null);
        if (returned is not Task task)
            return returned;
        await task;
        return taskResult?.GetValue(task);
    }

    public InvalidOperationException Refuse(string why) =>
        new($"Function {method.DeclaringType!.FullName}.{method.Name} {why}.");

    private static bool IsAsync(MethodInfo method) =>
        method.GetCustomAttribute<System.Runtime.CompilerServices.AsyncStateMachineAttribute>() is not null;

    private Func<Invocation, object?> Bind(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var orchestrator = Trigger is OrchestrationTriggerAttribute;
        if (parameter == trigger)
        {
            return Trigger switch
            {
                HttpTriggerAttribute when type == typeof(HttpRequest) => call => call.Trigger,
                TimerTriggerAttribute when type == typeof(TimerInfo) => call => call.Trigger,
                OrchestrationTriggerAttribute when type == typeof(TaskOrchestrationContext) => call => call.Trigger,
                ActivityTriggerAttribute => call => JsonData.Converter.Deserialize((string?)call.Trigger, type),
                _ => throw CannotBind(parameter),
            };
        }

        if (orchestrator && parameter.GetCustomAttributes().All(a => a is not BindingAttribute) && type != typeof(CancellationToken))
            return call => ((LocalOrchestrationContext)call.Trigger!).GetInput(type);
        if (!orchestrator && type == typeof(CancellationToken))
            return call => call.Cancelled;
        if (!orchestrator && type == typeof(DurableTaskClient) && parameter.GetCustomAttribute<DurableClientAttribute>() is not null)
            return call => call.Durable;
        var converter = TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type);
        if (!routeParameters.Contains(parameter.Name!) || !converter.CanConvertFrom(typeof(string)))
            throw CannotBind(parameter);
        var missing = type.IsValueType ? Activator.CreateInstance(type) : null;
        return call => call.RouteValues?[parameter.Name!] is { } value
            ? converter.ConvertFromInvariantString(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!)
            : missing;
    }

    private InvalidOperationException CannotBind(ParameterInfo parameter) => Refuse(
        $"has the parameter '{parameter.Name}' of type {parameter.ParameterType}, which the local host cannot bind: it binds the "
        + "trigger, route values by name, CancellationToken and [DurableClient] DurableTaskClient");
}
