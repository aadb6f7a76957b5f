using Scriban.Parsing;

namespace Marketing.Core.Templates;

/// <summary>What is wrong with a template, and where. Reads "line 2, column 5: ...", both counted from 1.</summary>
internal sealed record TemplateError(TextPosition Position, string Message)
{
    public override string ToString() => $"line {Position.Line + 1}, column {Position.Column + 1}: {Message}";

    /// <summary>False for a follow-up error at the end of the text, which has no position of its own.</summary>
    public static bool HasPosition(TemplateError error) => error.Position.Line >= 0;
}
