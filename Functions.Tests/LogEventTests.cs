using System.Reflection;
using Marketing.Core;
using Marketing.Local.Hosting;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Tests;

public sealed class LogEventTests
{
    [Fact]
    public void EventIds_OfAllLogMessages_AreSetAndUnique()
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var messages = (from assembly in new[] { typeof(MarketingOptions).Assembly, typeof(FunctionServices).Assembly, typeof(FunctionHost).Assembly }
                        from type in assembly.GetTypes()
                        from method in type.GetMethods(Any)
                        let message = method.GetCustomAttribute<LoggerMessageAttribute>()
                        where message is not null
                        select (message.EventId, Name: $"{type.FullName}.{method.Name}")).ToList();

        Assert.InRange(messages.Count, 15, 1000);
        Assert.Empty(messages.Where(m => m.EventId <= 0).Select(m => m.Name));
        Assert.Empty(messages.GroupBy(m => m.EventId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(m => m.Name))}"));
    }
}
