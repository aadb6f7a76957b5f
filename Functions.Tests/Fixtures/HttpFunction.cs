using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Tests.Fixtures;

/// <summary>One function and one of its methods, as tests that walk over all of them see it.</summary>
internal sealed partial record HttpFunction(string Name, HttpMethod Method, string Route)
{
    public static IReadOnlyList<HttpFunction> All { get; } =
    [
        .. from method in typeof(FunctionServices).Assembly.GetTypes().SelectMany(type => type.GetMethods())
           let function = method.GetCustomAttribute<FunctionAttribute>()
           from parameter in method.GetParameters()
           let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
           where trigger is not null
           from verb in trigger.Methods!
           select new HttpFunction(function.Name, new HttpMethod(verb.ToUpperInvariant()), trigger.Route!.Replace("{*", "{", StringComparison.Ordinal)),
    ];

    public static IReadOnlyList<HttpFunction> Admin { get; } =
        [.. All.Where(function => function.Route.StartsWith("v1/admin/", StringComparison.Ordinal))];

    /// <summary>A request for an object that is not there, without a body.</summary>
    public HttpRequestMessage Request() => new(Method, RouteParameter().Replace(Route, Guid.CreateVersion7().ToString()));

    public override string ToString() => $"{Name} ({Method} {Route})";

    [GeneratedRegex("{[^}]+}")]
    private static partial Regex RouteParameter();
}
