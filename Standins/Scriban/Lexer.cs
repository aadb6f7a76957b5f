using System.Collections;
using System.Text.RegularExpressions;

namespace Scriban.Parsing;

// Operator stands for each of the real package's operator types, and for characters that are no token.
public enum TokenType { Eof, Raw, CodeEnter, CodeExit, EscapeEnter, NewLine, SemiColon, Identifier, Integer, Float, String, Operator }

public readonly record struct Token(TokenType Type, TextPosition Start, TextPosition End)
{
    public string GetText(string text) => Type == TokenType.Eof ? "" : text.Substring(Start.Offset, End.Offset - Start.Offset + 1);
}

/// <summary>Splits a template into text and code, and code into tokens; comments are left out.</summary>
public class Lexer(string text) : IEnumerable<Token>
{
    private static readonly Regex Open = new(@"\{%*\{[-~]?");
    private static readonly Regex Exit = new(@"\G[-~]?\}\}");

    // Each group is a TokenType. A quote that is not closed takes the rest.
    private static readonly Regex Code = new(
        """
        \G(?: [^\S\r\n]+
        | (?<NewLine> [\r\n]\s* )
        | (?<SemiColon> ; )
        | \#\# (?: (?! \#\# | [-~]?\}\} ) . )* (?: \#\# )?
        | \#   (?: (?! [\r\n] | [-~]?\}\} ) . )*
        | (?<String> "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' )
        | (?<Identifier> [\p{L}_] [\p{L}\p{Nd}_]* )
        | (?<Float> [0-9][0-9_]*\.[0-9]+ (?: [eE][-+]?[0-9]+ )? )
        | (?<Integer> [0-9][0-9_]* (?: [eE][-+]?[0-9]+ )? )
        | (?<Operator> ["'].* | \?\? | && | \|\| | == | != | <= | >= | // | . ) )
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline | RegexOptions.ExplicitCapture);

    private readonly List<int> lines = [0, .. Enumerable.Range(1, text.Length).Where(i => text[i - 1] == '\n')];

    public IEnumerator<Token> GetEnumerator()
    {
        var at = 0;
        while (at < text.Length)
        {
            var open = Open.Match(text, at);
            var end = open.Success ? TrimmedEnd(at, open.Index, open.Value[^1]) : text.Length;
            if (end > at)
                yield return Make(TokenType.Raw, at, end - at);
            if (!open.Success)
                break;

            yield return Make(open.Value.Contains('%') ? TokenType.EscapeEnter : TokenType.CodeEnter, open.Index, open.Length);
            at = open.Index + open.Length;
            var exit = Exit.Match(text, at);
            while (!exit.Success && at < text.Length)
            {
                var code = Code.Match(text, at);
                if (code.Groups.Values.Skip(1).FirstOrDefault(g => g.Success) is { } token)
                    yield return Make(Enum.Parse<TokenType>(token.Name), at, code.Length);
                at += code.Length;
                exit = Exit.Match(text, at);
            }

            if (exit.Success)
            {
                yield return Make(TokenType.CodeExit, at, exit.Length);
                at = TrimmedStart(at + exit.Length, exit.Value[0]);
            }
        }

        yield return new Token(TokenType.Eof, Position(text.Length), Position(text.Length));
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Token Make(TokenType type, int at, int length) => new(type, Position(at), Position(at + length - 1));

    private TextPosition Position(int offset)
    {
        var line = lines.BinarySearch(offset);
        line = line < 0 ? ~line - 1 : line;
        return new TextPosition(offset, line, offset - lines[line]);
    }

    // {{- takes away all spaces and lines before it, {{~ those of its own line.
    private int TrimmedEnd(int from, int end, char marker)
    {
        while (marker is '-' or '~' && end > from && char.IsWhiteSpace(text[end - 1]) && (marker == '-' || text[end - 1] != '\n'))
            end--;
        return end;
    }

    // As above for -}} and ~}}, which takes the line's end too.
    private int TrimmedStart(int at, char marker)
    {
        while (marker is '-' or '~' && at < text.Length && char.IsWhiteSpace(text[at]) && (marker == '-' || text[at] != '\n'))
            at++;
        return marker == '~' && at < text.Length && text[at] == '\n' ? at + 1 : at;
    }
}
