using System.Text.Json;

namespace Marketing.Functions.Tests.Fixtures;

internal static class JsonReading
{
    public static string Id(this JsonElement json) => json.Text("id");

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();

    /// <summary>What a problem says about a place of the request.</summary>
    public static string Error(this JsonElement problem, string pointer)
    {
        var errors = problem.GetProperty("errors");
        Assert.True(errors.TryGetProperty(pointer, out var error), $"no error at \"{pointer}\" in {errors}");
        return error[0].GetString()!;
    }
}
