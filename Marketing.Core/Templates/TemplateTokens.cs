using Scriban.Parsing;

namespace Marketing.Core.Templates;

/// <summary>What is refused before parsing, because the parser would accept it or choke on it.</summary>
internal static class TemplateTokens
{
    public static IReadOnlyList<TemplateError> Check(string content)
    {
        if (ControlCharacter(content) is { } control)
            return [control];

        Token? open = null;
        foreach (var token in new Lexer(content))
        {
            switch (token.Type)
            {
                // Scriban computes 1e9999999 as an exact integer while it parses, which takes 15 s.
                case TokenType.Integer when token.End.Offset - token.Start.Offset >= 20 || HasExponent(token, content):
                    return [new TemplateError(token.Start, "the number is out of range")];
                case TokenType.EscapeEnter:
                    return [new TemplateError(token.Start, "{%{ is not available in templates; write {{ \"{{\" }} for two braces")];
                case TokenType.CodeEnter:
                    open = token;
                    break;
                case TokenType.CodeExit:
                    open = null;
                    break;
            }
        }

        return open is { } enter ? [new TemplateError(enter.Start, "{{ is not closed by }}")] : [];
    }

    private static bool HasExponent(Token token, string content) =>
        content.AsSpan(token.Start.Offset, token.End.Offset - token.Start.Offset + 1).ContainsAny('e', 'E');

    // Telegram refuses some of them, Postgres cannot store U+0000, and nobody can see them.
    private static TemplateError? ControlCharacter(string content)
    {
        var line = 0;
        var lineStart = 0;
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
            else if (char.IsControl(content[i]) && content[i] is not ('\r' or '\t'))
            {
                return new TemplateError(new TextPosition(i, line, i - lineStart), $"the control character U+{(int)content[i]:X4} is not allowed");
            }
        }

        return null;
    }
}
