using System.Text.Json;
using Marketing.Core.Templates;

namespace Marketing.Core.Tests.Templates;

internal static class Recipients
{
    public static TemplateModel With(string attributes = "{}") => TemplateModel.Sample with { Attributes = JsonElement.Parse(attributes) };

    public static TemplateModel Nobody { get; } = new(null, null, null, null, null, null, null, null, default);

    public static string Render(string template, TemplateModel? model = null) =>
        CompiledTemplate.Compile(template, "/content").Render(model ?? TemplateModel.Sample);

    /// <summary>The errors of a template that is refused, all under the pointer that was given.</summary>
    public static string[] Errors(string template)
    {
        var refused = Assert.Throws<InvalidException>(() => CompiledTemplate.Compile(template, "/content"));
        return Assert.Contains("/content", refused.Errors);
    }
}
