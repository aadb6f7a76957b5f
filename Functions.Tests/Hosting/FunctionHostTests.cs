using System.Net;
using System.Reflection;
using System.Reflection.Emit;
using Marketing.Local.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Time.Testing;

namespace Marketing.Functions.Tests.Hosting;

public sealed class FunctionHostTests
{
    [Fact]
    public async Task Http_RouteValues_AreBoundByNameAndConverted()
    {
        await using var host = await SampleHost.StartAsync();

        Assert.Equal("hello Ann x3", await host.Http.GetStringAsync("/api/greet/Ann/3"));
        Assert.Equal(["greet GET True"], host.Log.Lines);
    }

    [Theory]
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/greet/Ann/3", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/greet/Ann/3", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/api/Fail", HttpStatusCode.InternalServerError)]
    public async Task Http_WithoutAnAnswer_IsAnEmptyError(string method, string path, HttpStatusCode expected)
    {
        await using var host = await SampleHost.StartAsync();

        using var answer = await host.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(expected, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Http_BodyBeyondKestrelsDefault_IsTaken()
    {
        await using var host = await SampleHost.StartAsync();

        using var answer = await host.Http.PostAsync("/api/Measure", new ByteArrayContent(new byte[40_000_000]));

        Assert.Equal("40000000", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Http_DurableClient_StartsAnOrchestration()
    {
        await using var host = await SampleHost.StartAsync();

        using var answer = await host.Http.PostAsync("/api/sums/s1", null);

        Assert.Equal("\"s1\"", await answer.Content.ReadAsStringAsync());
        Assert.Equal(14, (await host.EndOfAsync("s1")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Timer_FailsOnStartup_RunsAgainOnItsSchedule()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 11, 59, 0, TimeSpan.Zero));
        await using var host = await SampleHost.StartAsync(clock, "0 0 12 * * *", timers: true);
        await host.SeesAsync("tick, next 12:00:00");

        for (var i = 0; i < 1000 && host.Log.Lines.Count == 1; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        Assert.Equal(["tick, next 12:00:00", "tick, next 12:00:00"], host.Log.Lines.Take(2));
        Assert.True(clock.GetUtcNow().TimeOfDay >= TimeSpan.FromHours(12));
    }

    [Theory]
    [InlineData(null, "setting Sample__Schedule")]
    [InlineData("every day", "'every day'")]
    public async Task Start_BadSchedule_NamesTheFunction(string? schedule, string expected)
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => SampleHost.StartAsync(schedule: schedule!, timers: true));

        Assert.Contains("SampleTimers.Tick", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ParameterItCannotBind_NamesFunctionAndParameter()
    {
        var options = new FunctionHostOptions { Assembly = AssemblyWith(typeof(Stream), "blob") };

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => FunctionHost.StartAsync(options, CancellationToken.None));

        Assert.Contains("Odd.Run has the parameter 'blob' of type System.IO.Stream", refusal.Message, StringComparison.Ordinal);
    }

    // One static activity Odd.Run(int input, <type> <name>): a real one in this assembly would stop every test's host.
    private static AssemblyBuilder AssemblyWith(Type parameterType, string name)
    {
        static CustomAttributeBuilder Attribute(Type type, params object[] arguments) =>
            new(type.GetConstructor(Array.ConvertAll(arguments, a => a.GetType()))!, arguments);

        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Odd"), AssemblyBuilderAccess.RunAndCollect);
        var type = assembly.DefineDynamicModule("Odd").DefineType("Odd", TypeAttributes.Public);
        const MethodAttributes publicStatic = MethodAttributes.Public | MethodAttributes.Static;
        var method = type.DefineMethod("Run", publicStatic, typeof(void), [typeof(int), parameterType]);
        method.SetCustomAttribute(Attribute(typeof(FunctionAttribute), "Run"));
        method.DefineParameter(1, ParameterAttributes.None, "input").SetCustomAttribute(Attribute(typeof(ActivityTriggerAttribute)));
        method.DefineParameter(2, ParameterAttributes.None, name);
        method.GetILGenerator().Emit(OpCodes.Ret);
        type.CreateType();
        return assembly;
    }
}
