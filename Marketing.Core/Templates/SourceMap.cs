namespace Marketing.Core.Templates;

/// <summary>Which part of a template wrote which part of a rendered message, so that an error in the message is shown in the template.</summary>
internal sealed class SourceMap
{
    private readonly List<(int Output, int Template, bool Text)> parts = [];

    public void Add(int output, int template, bool text) => parts.Add((output, template, text));

    /// <summary>The offset in the template of the character at an offset of the message; the start of the expression that wrote it.</summary>
    public int Locate(int output)
    {
        var (start, template, text) = parts.FindLast(p => p.Output <= output);
        return text ? template + output - start : template;
    }
}
